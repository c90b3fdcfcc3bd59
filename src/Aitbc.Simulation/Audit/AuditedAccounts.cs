using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;

namespace Aitbc.Simulation.Audit;

/// <summary>What the auditor knows of an account besides its money.</summary>
internal sealed class AuditedAccount(AccountNumber number, AccountId id, bool isCouncil)
{
    public AccountNumber Number { get; } = number;

    public AccountId Id { get; } = id;

    public bool IsCouncil { get; } = isCouncil;

    /// <summary>Set where it is an agent.</summary>
    public AuditedAgent? Agent { get; set; }
}

/// <summary>What the auditor knows of an agent.</summary>
internal sealed class AuditedAgent(in AgentRegistered registered)
{
    private const long DayMs = 86_400_000;

    public AccountNumber Number { get; } = registered.Account;

    public AccountNumber Owner { get; } = registered.Owner;

    /// <summary>In the order in which votes name them.</summary>
    public List<AccountNumber> Guardians { get; set; } =
        AccountSets.ListOf(registered.Guardians, registered.GuardianCount);

    public int Threshold { get; set; } = registered.GuardianThreshold;

    public ConstitutionRecord Limits { get; set; } = registered.Constitution;

    public List<AuditedRule> Rules { get; set; } = [];

    /// <summary>When its constitution last changed, ms; 0 is never.</summary>
    public long ChangedAtMs { get; set; }

    /// <summary>When its keys last changed, ms; 0 is never.</summary>
    public long KeysChangedAtMs { get; set; }

    public RollingSum Volume { get; } = new(DayMs);

    public RollingSum Gas { get; } = new(DayMs);

    public bool IsStopped { get; set; }

    public bool InSafeMode { get; set; }

    /// <summary>The payload that the monitor last wanted approved.</summary>
    public Digest? Judged { get; set; }

    public ulong Fence { get; set; }

    /// <summary>Guardians who agree to the release.</summary>
    public HashSet<AccountNumber> Releasing { get; } = [];

    public ulong Settled { get; set; }

    public ulong Faulted { get; set; }

    /// <summary>Entries since which its host is heard of, or is not.</summary>
    public List<(ulong Seq, bool IsLive)> Liveness { get; } = [];

    /// <summary>Whether it was heard of at an entry, as far as its last absence tells.</summary>
    public bool WasLive(ulong seq)
    {
        var gone = Liveness.FindLastIndex(change => !change.IsLive);
        return gone < 0
            || Liveness[gone].Seq >= seq
            || (gone + 1 < Liveness.Count && Liveness[gone + 1].Seq <= seq);
    }

    /// <summary>Who may ask for a change of its bounds.</summary>
    public bool MayPropose(AccountNumber? who) => who is { } known && (known == Owner || Guardians.Contains(known));

    /// <summary>How many of its present guardians are in a set.</summary>
    public int Count(HashSet<AccountNumber> said) => Guardians.Count(said.Contains);

    /// <summary>Whether its limits name an account that value may go to.</summary>
    public bool Names(AccountNumber? payee) => Limits.CounterpartyCount == 0
        || (payee is { } known && AccountSets.ListOf(Limits.Counterparties, Limits.CounterpartyCount).Contains(known));

    /// <summary>Whether its constitution lets value of an action go to an account.</summary>
    public bool MayPay(CommandKind kind, AccountNumber payee, AuditedAccounts accounts) =>
        Names(payee) && Rules.TrueForAll(rule => !rule.Binds(kind) || LetsPay(rule.Terms, payee, accounts));

    /// <summary>Whether a rule lets value go to an account; null is one that is opened for it.</summary>
    public static bool LetsPay(in RuleTerms rule, AccountNumber? payee, AuditedAccounts accounts)
    {
        switch (rule.Kind)
        {
            case RuleKind.Counterparties:
                var named = payee is { } known
                    && AccountSets.ListOf(rule.Accounts, rule.AccountCount).Contains(known);
                return named != (rule.Forbids == 1);
            case RuleKind.CounterpartyRecord:
                var agent = payee is { } other ? accounts.AgentOf(other) : null;
                BigInteger ended = agent is null ? 0 : agent.Settled + agent.Faulted;
                return !ended.IsZero && new BigInteger(agent!.Settled) * 1_000_000 >= ended * rule.MinRecordPpm;
            default:
                return true;
        }
    }
}

/// <summary>All accounts, by number and by id.</summary>
internal sealed class AuditedAccounts
{
    private readonly List<AuditedAccount> all = [];
    private readonly Dictionary<AccountId, AuditedAccount> byId = [];

    public int Count => all.Count;

    public int Council { get; private set; }

    public AuditedAccount? Find(AccountNumber number) => number.Value < all.Count ? all[(int)number.Value] : null;

    public AuditedAccount? Find(AccountId id) => byId.GetValueOrDefault(id);

    public AuditedAgent? AgentOf(AccountNumber number) => Find(number)?.Agent;

    public void Open(AccountId id, bool isCouncil)
    {
        var account = new AuditedAccount(new AccountNumber((uint)all.Count), id, isCouncil);
        all.Add(account);
        byId[id] = account;
        Council += isCouncil ? 1 : 0;
    }
}
