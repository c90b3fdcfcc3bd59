using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Drill;

/// <summary>What came of one kind of attack on what people decide.</summary>
/// <param name="Name">The attack.</param>
/// <param name="Attempts">Times that it was tried.</param>
/// <param name="Successes">Times that money moved.</param>
internal sealed record ConsentRow(string Name, int Attempts, int Successes);

/// <summary>What came of all of them.</summary>
/// <param name="Rows">The attacks.</param>
/// <param name="Controls">Times that the same was done as it should be.</param>
/// <param name="ControlsApplied">How many of those took effect: a ledger that refuses everything proves nothing.
/// </param>
internal sealed record ConsentDrillResult(IReadOnlyList<ConsentRow> Rows, int Controls, int ControlsApplied);

/// <summary>Approvals and overrides used for what they are not for. Whether an attack succeeded is read from the
/// payee's balance, not from what the ledger answered.</summary>
/// <param name="scale">How much.</param>
internal sealed class ConsentDrill(DrillScale scale)
{
    private const int Guardians = 3;
    private const int Threshold = 2;
    private const ulong WithoutApproval = 10;
    private const ulong PerAction = 100;
    private const ulong PerDay = 100_000;

    private readonly SteppingClock clock = new(new Timestamp(1_790_000_000_000));
    private readonly List<ConsentRow> rows = [];
    private DrillLedger ledger = null!;
    private KeyPair[] guardians = [];
    private KeyPair owner = null!;
    private KeyPair stranger = null!;
    private KeyPair agent = null!;
    private KeyPair other = null!;
    private AccountId payee;
    private ulong tightened;
    private int controls;
    private int controlsApplied;

    /// <summary>Runs it.</summary>
    /// <param name="directory">An empty directory.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<ConsentDrillResult> RunAsync(string directory, CancellationToken stop)
    {
        using var chain = DrillChain.Create(
            Path.Combine(directory, "data"), DrillChain.Council + Guardians + 3, 2, clock);
        guardians = [.. chain.People.Skip(DrillChain.Council).Take(Guardians)];
        (owner, stranger, payee) = (chain.People[^3], chain.People[^2], (AccountId)chain.People[^1].Id);
        (agent, other) = (chain.Agents[0], chain.Agents[1]);
        ledger = DrillLedger.Open(chain);
        await using (ledger.ConfigureAwait(false))
        {
            foreach (var one in chain.Agents)
            {
                await ledger.DoAsync(
                    owner, stop, DrillLedger.Registration(owner, one, Terms(), guardians, Threshold, 1_000_000))
                    .ConfigureAwait(false);
            }

            await AttackApprovalsAsync(stop).ConfigureAwait(false);
            await AttackOverridesAsync(stop).ConfigureAwait(false);
        }

        return new ConsentDrillResult(rows, controls, controlsApplied);
    }

    private async Task AttackApprovalsAsync(CancellationToken stop)
    {
        await RepeatAsync("approval used twice", UseTwiceAsync, stop).ConfigureAwait(false);
        await RepeatAsync("approval for another command", UseForAnotherAsync, stop).ConfigureAwait(false);
        await RepeatAsync("approval after a constitution change", UseAfterChangeAsync, stop).ConfigureAwait(false);
        await RepeatAsync("approval after its time", UseLateAsync, stop).ConfigureAwait(false);
        await RepeatAsync("approval by an agent or a stranger", UseByOthersAsync, stop).ConfigureAwait(false);
        await RepeatAsync("approval by fewer guardians", UseByFewerAsync, stop).ConfigureAwait(false);
    }

    private async Task AttackOverridesAsync(CancellationToken stop)
    {
        await ledger.DoAsync(owner, stop, Override(OverrideEffect.Allow)).ConfigureAwait(false);
        var motion = new MotionId(ledger.Host.View.Read(state => state.Globals.LastDecision));
        foreach (var guardian in guardians.Take(Threshold))
        {
            await ledger.DoAsync(guardian, stop, new AgreeMotion(motion)).ConfigureAwait(false);
        }

        await ControlAsync(() => PayAsync(PerAction, stop)).ConfigureAwait(false);
        await RepeatAsync("allowance past a hard limit", () => CountAsync(() => PayAsync(PerAction + 1, stop)), stop)
            .ConfigureAwait(false);
        await ledger.DoAsync(guardians[0], stop, Override(OverrideEffect.Deny)).ConfigureAwait(false);
        var denial = new OverrideId(ledger.Host.View.Read(state => state.Globals.LastDecision));
        await RepeatAsync("denied, and allowed too", () => CountAsync(() => PayAsync(1, stop)), stop)
            .ConfigureAwait(false);
        await ledger.DoAsync(guardians[0], stop, new RevokeOverride(denial)).ConfigureAwait(false);
        await ControlAsync(() => PayAsync(1, stop)).ConfigureAwait(false);
        await ledger.DoAsync(guardians[0], stop, new StopAgent((AccountId)agent.Id)).ConfigureAwait(false);
        await RepeatAsync("allowance past a stop", () => CountAsync(() => PayAsync(1, stop)), stop)
            .ConfigureAwait(false);
        foreach (var guardian in guardians.Take(Threshold))
        {
            await ledger.DoAsync(guardian, stop, new ReleaseAgent((AccountId)agent.Id)).ConfigureAwait(false);
        }

        await ControlAsync(() => PayAsync(1, stop)).ConfigureAwait(false);
    }

    private async Task UseTwiceAsync()
    {
        var (id, payload, signed) = await ParkAsync().ConfigureAwait(false);
        await ControlAsync(() => GrantAsync(id, payload, guardians[0], guardians[1])).ConfigureAwait(false);
        await CountAsync(async () =>
        {
            await GrantAsync(id, payload, guardians).ConfigureAwait(false);
            await ledger.SubmitAsync(signed, CancellationToken.None).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private async Task UseForAnotherAsync()
    {
        var (id, _, _) = await ParkAsync().ConfigureAwait(false);
        var another = PayloadOf(ledger.Sign(agent, Pay(PerAction)));
        await CountAsync(() => GrantAsync(id, another, guardians)).ConfigureAwait(false);
        await DenyAsync(id).ConfigureAwait(false);
    }

    private async Task UseAfterChangeAsync()
    {
        var (id, payload, _) = await ParkAsync().ConfigureAwait(false);
        tightened++;
        await ledger.DoAsync(owner, CancellationToken.None, new ChangeConstitution((AccountId)agent.Id, Terms()))
            .ConfigureAwait(false);
        await CountAsync(() => GrantAsync(id, payload, guardians)).ConfigureAwait(false);
    }

    private async Task UseLateAsync()
    {
        var (id, payload, _) = await ParkAsync().ConfigureAwait(false);
        clock.Pass(Duration.FromHours(24) + Duration.FromMilliseconds(1));
        await CountAsync(() => GrantAsync(id, payload, guardians)).ConfigureAwait(false);
    }

    private async Task UseByOthersAsync()
    {
        var (id, payload, _) = await ParkAsync().ConfigureAwait(false);
        await CountAsync(() => GrantAsync(id, payload, agent, other, stranger, owner)).ConfigureAwait(false);
        await DenyAsync(id).ConfigureAwait(false);
    }

    private async Task UseByFewerAsync()
    {
        var (id, payload, _) = await ParkAsync().ConfigureAwait(false);
        await CountAsync(() => GrantAsync(id, payload, guardians[2], guardians[2], guardians[2])).ConfigureAwait(false);
        await ControlAsync(() => GrantAsync(id, payload, guardians[1])).ConfigureAwait(false);
    }

    private async Task RepeatAsync(string name, Func<Task> attack, CancellationToken stop)
    {
        rows.Add(new ConsentRow(name, 0, 0));
        for (var i = 0; i < scale.Of(20, 4); i++)
        {
            stop.ThrowIfCancellationRequested();
            await attack().ConfigureAwait(false);
        }
    }

    /// <summary>Counts an attack, and whether the payee has more after it.</summary>
    private async Task CountAsync(Func<Task> attack)
    {
        var before = Paid();
        await attack().ConfigureAwait(false);
        rows[^1] = rows[^1] with
        {
            Attempts = rows[^1].Attempts + 1, Successes = rows[^1].Successes + (Paid() > before ? 1 : 0),
        };
    }

    private async Task ControlAsync(Func<Task> act)
    {
        var before = Paid();
        await act().ConfigureAwait(false);
        controls++;
        controlsApplied += Paid() > before ? 1 : 0;
    }

    private TokenAmount Paid() => ledger.Host.View.Read(state =>
        state.Account(state.FindAccount(payee)!.Value).Available);

    private async Task<(ApprovalId Id, ReadOnlyMemory<byte> Payload, byte[] Signed)> ParkAsync()
    {
        var signed = ledger.Sign(agent, Pay(2 * WithoutApproval));
        var result = await ledger.SubmitAsync(signed, CancellationToken.None).ConfigureAwait(false);
        return result.Outcome == Outcome.Parked
            ? (new ApprovalId(result.Seq), PayloadOf(signed), signed)
            : throw new InvalidOperationException($"What should wait for approval came to {result.Outcome}.");
    }

    private async Task GrantAsync(ApprovalId id, ReadOnlyMemory<byte> payload, params KeyPair[] by)
    {
        foreach (var one in by)
        {
            await ledger.TryAsync(one, CancellationToken.None, new GrantApproval(id, payload)).ConfigureAwait(false);
        }
    }

    /// <summary>So that not too many wait; where an attack succeeded nothing waits any more.</summary>
    private Task DenyAsync(ApprovalId id) =>
        ledger.TryAsync(guardians[0], CancellationToken.None, new DenyApproval(id));

    private Task PayAsync(ulong tokens, CancellationToken stop) => ledger.TryAsync(agent, stop, Pay(tokens));

    private Transfer Pay(ulong tokens) => new(payee, TokenAmount.FromTokens(tokens));

    private SetOverride Override(OverrideEffect effect) => new(
        (AccountId)agent.Id,
        CommandKind.Transfer,
        effect,
        effect == OverrideEffect.Allow ? TokenAmount.FromTokens(PerDay) : TokenAmount.Zero,
        Digest.Sha256("drill"u8),
        clock.Wall + Duration.FromDays(30));

    private ConstitutionTerms Terms() => new(
        TokenAmount.OneToken,
        TokenAmount.FromTokens(PerDay - tightened),
        TokenAmount.FromTokens(1_000),
        TokenAmount.FromTokens(PerAction),
        [CommandKind.Transfer],
        [],
        ConstitutionTerms.AnyHour,
        Duration.Zero,
        RequiresHumanApproval: false)
    {
        Rules =
        [
            new ConstitutionRule(RuleKind.ApprovalAbove, [CommandKind.Transfer])
            {
                Amount = TokenAmount.FromTokens(WithoutApproval),
            },
        ],
    };

    private static ReadOnlyMemory<byte> PayloadOf(byte[] signed) => Jws.TryParse(signed, out var parts, out _)
        ? parts.Payload
        : throw new InvalidOperationException("The drill signed what cannot be read.");
}
