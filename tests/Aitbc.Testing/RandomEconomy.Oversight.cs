using System.Buffers;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;

namespace Aitbc.Testing;

/// <content>What owners, guardians and the monitor do: constitutions with rules, motions, overrides, approvals.
/// </content>
public sealed partial class RandomEconomy
{
    /// <summary>Bytes of payloads that may come to wait, by digest.</summary>
    private readonly Dictionary<Digest, byte[]> written = [];

    /// <summary>Bytes of payloads that wait, by approval.</summary>
    private readonly Dictionary<ulong, byte[]> waiting = [];

    /// <summary>What guardians and their agents do next of what was begun; a queue of its own, so that it does not hold
    /// up what is planned on the market.</summary>
    private readonly Queue<(Actor Actor, Command Command)> answers = [];

    /// <summary>A payload that the monitor has judged and that is sent next.</summary>
    private ClientPayload? judged;

    /// <summary>A payload as it goes over the wire, so that a guardian can approve its bytes; the one given where it
    /// has no form there.</summary>
    private ClientPayload Readable(ClientPayload payload)
    {
        if (payload.Commands.Length == 0 || !payload.Chain.Equals(Chain.Genesis.Chain) || !Reads(payload))
        {
            return payload;
        }

        var output = new ArrayBufferWriter<byte>();
        try
        {
            PayloadCodec.Write(payload, output);
        }
        catch (ArgumentException)
        {
            return payload;
        }

        if (PayloadCodec.TryParse(output.WrittenSpan, payload.Proof, payload.Signer, out var read) is not null)
        {
            return payload;
        }

        written[read.PayloadDigest] = output.WrittenSpan.ToArray();
        return read;
    }

    /// <summary>Whether each command is of a kind whose values all have a form on the wire.</summary>
    private static bool Reads(ClientPayload payload) => Array.TrueForAll(payload.Commands, command => command
        is Transfer or Protocol.Staking.DepositStake or Protocol.Staking.WithdrawStake or RevokeKey
        or Protocol.Marketplace.PlaceBid or Protocol.Marketplace.CancelWorkload or Protocol.Marketplace.StartWork
        or Protocol.Marketplace.PostWorkload or Protocol.Blobs.DeclareBlob
        or Protocol.Verification.CommitVerdict or Protocol.Marketplace.AcceptWork);

    private void Keep(EntryBody body, ApplyResult result)
    {
        if (result is { Outcome: Outcome.Parked, IsDuplicate: false } && body is ClientPayload payload
            && written.TryGetValue(payload.PayloadDigest, out var bytes))
        {
            waiting[result.Seq] = bytes;
        }
    }

    private (Actor Actor, Command Command) GuardianAct()
    {
        if (agents.Count == 0)
        {
            return Own(AnyActor());
        }

        return random.NextInt32(100) switch
        {
            < 40 when answers.Count > 0 => answers.Dequeue(),
            < 60 when Chain.State.Approvals.Live > 0 => Answer(),
            < 74 when Chain.State.Motions.Live > 0 => Vote(),
            < 81 => Redraft(Pick(agents)),
            < 86 => OtherGuardians(Pick(agents)),
            < 95 => Override(AgentToOverride()),
            _ => Revocation(),
        };
    }

    private (Actor Actor, Command Command) Answer()
    {
        var approvals = Chain.State.Approvals;
        var slot = random.NextInt32(approvals.Count);
        for (var tries = 0; tries < 60 && (approvals[slot].Id.IsZero || !waiting.ContainsKey(approvals[slot].Id.Value));
            tries++)
        {
            slot = random.NextInt32(approvals.Count);
        }

        var record = approvals[slot];
        if (record.Id.IsZero)
        {
            return (Pick(humans), new DenyApproval(new ApprovalId(random.NextUInt64(200))));
        }

        var agent = AgentOf(record.Agent);
        var guardian = GuardianOf(agent);
        if (Hits(100_000))
        {
            return (guardian, new DenyApproval(record.Id));
        }

        var bytes = waiting.GetValueOrDefault(record.Id.Value) ?? [1, 2, 3];
        bytes = Hits(60_000) && written.Count > 0 ? written.Values.First() : bytes;
        var grant = new GrantApproval(record.Id, bytes);
        foreach (var other in Enumerable.Range(0, agent.GuardianCount).Where(_ => Hits(800_000)))
        {
            answers.Enqueue((ActorOf(agent.Guardians[other]), grant));
        }

        return (guardian, grant);
    }

    private (Actor Actor, Command Command) Vote()
    {
        var motions = Chain.State.Motions;
        var slot = random.NextInt32(motions.Count);
        for (var tries = 0; tries < 60 && motions[slot].Id.IsZero; tries++)
        {
            slot = random.NextInt32(motions.Count);
        }

        var (id, whose) = (motions[slot].Id, motions[slot].Agent);
        if (id.IsZero)
        {
            return (Pick(humans), new AgreeMotion(new MotionId(random.NextUInt64(200))));
        }

        var guardian = GuardianOf(AgentOf(whose));
        return (guardian, Hits(750_000) ? new AgreeMotion(id) : new RejectMotion(id));
    }

    /// <summary>Another constitution: tighter, looser, both at once, or the same with other rules.</summary>
    private (Actor Actor, Command Command) Redraft(Actor agent)
    {
        var record = AgentOf(Chain.Number(agent));
        var by = Hits(500_000) ? ActorOf(record.Owner) : GuardianOf(record);
        var terms = Hits(600_000) ? TermsOf(record) : Constitution(by);
        terms = random.NextInt32(10) switch
        {
            < 3 => terms with { MaxValuePerAction = terms.MaxValuePerAction.MulDivDown(9, 10) },
            < 5 => terms with { MaxGasPerDay = terms.MaxGasPerDay.MulDivDown(9, 10) },
            5 => terms with { RequiresHumanApproval = !terms.RequiresHumanApproval },
            6 => terms with { Rules = [.. terms.Rules.Skip(1)] },
            7 => terms with { Rules = [.. terms.Rules, .. Rules(terms)] },
            8 => Constitution(by),
            _ => terms,
        };
        return (by, new ChangeConstitution(Hits(980_000) ? agent.Id : AnyId(), terms));
    }

    /// <summary>What an agent's owner would have written for what binds it now.</summary>
    private ConstitutionTerms TermsOf(AgentRecord agent)
    {
        var limits = agent.Constitution;
        var set = agent.RuleSet == 0 ? default : Chain.State.RuleSets[agent.RuleSet - 1];
        return new ConstitutionTerms(
            limits.MaxStake,
            limits.MaxDailyVolume,
            limits.MaxGasPerDay,
            limits.MaxValuePerAction,
            KindsOf(limits.AllowedActions),
            AccountsOf(limits.Counterparties, limits.CounterpartyCount),
            limits.HoursUtc,
            new Duration(limits.KeyChangeHoldMs),
            limits.RequiresHumanApproval == 1)
        {
            Rules = [.. Enumerable.Range(0, set.Count).Select(i => RuleOf(set.Terms[i]))],
        };
    }

    private ConstitutionRule RuleOf(RuleTerms terms) => new(terms.Kind, KindsOf(terms.Actions))
    {
        Amount = terms.Kind == RuleKind.RollingCount ? TokenAmount.Zero : terms.Amount,
        Count = terms.Kind == RuleKind.RollingCount ? (uint)terms.Amount.BaseUnits : 0,
        Window = new Duration(terms.WindowMs),
        Then = KindsOf(terms.Then),
        Accounts = AccountsOf(terms.Accounts, terms.AccountCount),
        Forbids = terms.Forbids == 1,
        HoursUtc = terms.HoursUtc,
        MinRecordPpm = terms.MinRecordPpm,
    };

    private static List<CommandKind> KindsOf(ulong bits) =>
        [.. Enum.GetValues<CommandKind>().Where(kind => (bits >> (int)kind & 1) == 1)];

    private List<AccountId> AccountsOf(AccountSet set, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Chain.State.Account(set[i]).Id)];

    private List<ConstitutionRule> Rules(ConstitutionTerms terms) =>
        [.. Enumerable.Range(0, 1 + random.NextInt32(3)).Select(_ => Rule(terms))];

    private ConstitutionRule Rule(ConstitutionTerms terms)
    {
        CommandKind[] common =
        [
            CommandKind.Transfer, CommandKind.PlaceBid, CommandKind.PostWorkload, CommandKind.DepositStake,
            CommandKind.CommitVerdict, CommandKind.ListService, CommandKind.DeclareBlob,
        ];
        List<CommandKind> actions = [.. common.Where(_ => Hits(450_000))];
        actions = actions.Count == 0 && Hits(950_000) ? [CommandKind.Transfer] : actions;
        var amount = terms.MaxValuePerAction.MulDivDown(1 + random.NextUInt64(600), 1_000);
        amount = TokenAmount.Min(amount, TokenAmount.FromTokens(1 + random.NextUInt64(300)));
        var window = Duration.FromMinutes(Hits(970_000) ? 15 * (1 + random.NextInt32(150)) : random.NextInt32(40));
        var kind = Hits(990_000) ? Pick(Enum.GetValues<RuleKind>()[1..]) : RuleKind.Deny;

        // Who has no record yet is most of them: a market of such rules would stand still.
        kind = kind == RuleKind.CounterpartyRecord && Hits(800_000) ? RuleKind.ApprovalAbove : kind;
        return new ConstitutionRule(kind, actions)
        {
            Amount = amount,
            Count = kind == RuleKind.RollingCount ? 1 + (uint)random.NextInt32(20) : 0,
            Window = window,
            Then = kind == RuleKind.Sequence ? [Pick(common)] : [],
            Accounts = kind == RuleKind.Counterparties ? [.. humans.Take(1 + random.NextInt32(4)).Select(one => one.Id)]
                : [],
            Forbids = Hits(700_000),
            HoursUtc = Hits(500_000) ? 0x0FFF : ConstitutionTerms.AnyHour,
            MinRecordPpm = 1 + (uint)random.NextInt32(900_000),
        };
    }

    private (Actor Actor, Command Command) OtherGuardians(Actor agent)
    {
        var record = AgentOf(Chain.Number(agent));
        var by = Hits(500_000) ? ActorOf(record.Owner) : GuardianOf(record);
        List<AccountId> named = [.. Enumerable.Range(0, 1 + random.NextInt32(3)).Select(_ => Pick(humans).Id)];
        named = Hits(950_000) ? [.. named.Distinct()] : named;
        var threshold = Hits(960_000) ? 1 + random.NextInt32(named.Count) : random.NextInt32(5);
        return (by, new ChangeGuardians(Hits(980_000) ? agent.Id : AnyId(), named, threshold));
    }

    /// <summary>Mostly one to whom an allowance would make a difference.</summary>
    private Actor AgentToOverride()
    {
        var agent = Pick(agents);
        for (var tries = 0; tries < 8 && IsFree(AgentOf(Chain.Number(agent))); tries++)
        {
            agent = Pick(agents);
        }

        return agent;

        static bool IsFree(AgentRecord record) => record is { RuleSet: 0, Constitution.RequiresHumanApproval: 0 };
    }

    private (Actor Actor, Command Command) Override(Actor agent)
    {
        var record = AgentOf(Chain.Number(agent));
        var by = Hits(300_000) ? ActorOf(record.Owner) : GuardianOf(record);
        var effect = Hits(600_000) ? OverrideEffect.Allow : OverrideEffect.Deny;
        effect = Hits(980_000) ? effect : (OverrideEffect)random.NextInt32(4);
        var cap = TokenAmount.FromTokens(1 + random.NextUInt64(Hits(600_000) ? 30u : 2_500u));
        cap = effect == OverrideEffect.Deny ? TokenAmount.Zero : cap;
        if (effect == OverrideEffect.Allow && Hits(500_000))
        {
            Spend(agent, record, cap);
        }

        return (by, new SetOverride(
            Hits(980_000) ? agent.Id : AnyId(),
            Hits(500_000)
                ? CommandKind.Transfer
                : Pick([CommandKind.PlaceBid, CommandKind.PostWorkload, CommandKind.DepositStake]),
            effect,
            Hits(970_000) ? cap : Amount(by),
            Chain.Unique("reason", random.NextUInt64()),
            Chain.Now + new Duration(Hits(950_000) ? Between(1, 20 * 3_600_000L) : Between(-5, 400 * 86_400_000L))));
    }

    /// <summary>The guardians agree to the allowance that is asked for next, and its agent tries to pass it.</summary>
    private void Spend(Actor agent, AgentRecord record, TokenAmount cap)
    {
        var id = new MotionId(Chain.State.Globals.LastDecision + 1);
        for (var i = 0; i < record.GuardianCount; i++)
        {
            answers.Enqueue((ActorOf(record.Guardians[i]), new AgreeMotion(id)));
        }

        for (var i = 0; i < 3; i++)
        {
            answers.Enqueue((agent, new Transfer(AnyId(), cap.MulDivDown(6, 10))));
        }
    }

    private (Actor Actor, Command Command) Revocation()
    {
        var overrides = Chain.State.Overrides;
        if (overrides.Live == 0 || overrides[random.NextInt32(overrides.Count)] is not { Id.IsZero: false } record)
        {
            return (Pick(humans), new RevokeOverride(new OverrideId(random.NextUInt64(200))));
        }

        return (Hits(600_000) ? ActorOf(record.By) : Pick(humans), new RevokeOverride(record.Id));
    }

    /// <summary>The monitor's verdict: on a payload that is sent next, on none there is, or safe mode.</summary>
    private MonitorVerdict NextVerdict()
    {
        var agent = agents.Count > 0 && Hits(970_000) ? Pick(agents) : Pick(humans);
        if (Hits(250_000))
        {
            return Chain.Verdict(agent, Hits(970_000) ? MonitorVerdictKind.SafeMode : (MonitorVerdictKind)9);
        }

        Repair(agent);
        var payload = Readable(Chain.Payload(agent, OwnAct(agent)));
        judged = Hits(800_000) ? payload : null;
        return Chain.Verdict(agent, MonitorVerdictKind.Park, payload);
    }

    private AgentRecord AgentOf(AccountNumber number) => Chain.State.Agents[Chain.State.Account(number).Agent - 1];

    private Actor GuardianOf(AgentRecord agent) => Hits(970_000)
        ? ActorOf(agent.Guardians[random.NextInt32(agent.GuardianCount)])
        : AnyActor();
}
