using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.Verification;

namespace Aitbc.Simulation.Audit;

/// <summary>What a payload asked for, cost and used up, against what its events say of it.</summary>
internal sealed class PayloadAudit(
    AuditLog log, AuditedAccounts accounts, Books books, StopAudit stops, FreeCommands free, Parameters parameters)
{
    private const ulong KiB = 1_024;

    private readonly HashSet<Digest> digests = [];
    private readonly Dictionary<(AccountNumber Account, int Lane), ulong> lanes = [];
    private readonly List<Ask> asked = [];
    private readonly List<Ask> done = [];
    private ClientPayload? payload;
    private AuditedAccount? sender;
    private Outcome outcome;
    private BigInteger gas;
    private int handled;
    private int others;
    private Func<WorkloadId, (BigInteger JobBond, AccountNumber? Client)> offerOf = _ => default;
    private ClientPayload? carried;
    private AuditedAccount? carrier;
    private int othersBefore;

    /// <summary>The payload whose effects are being read, be it one that was approved; null where the node's input is.
    /// </summary>
    public ClientPayload? Payload => carried ?? payload;

    /// <summary>Its sender; null where the node's input is being read.</summary>
    public AccountNumber? Sender => (carrier ?? sender)?.Number;

    /// <summary>The payload that the entry carries itself.</summary>
    public ClientPayload? Sent => payload;

    /// <summary>Who sent that.</summary>
    public AccountNumber? From => sender?.Number;

    /// <summary>What became of it.</summary>
    public Outcome Outcome => outcome;

    /// <summary>Whether what is being read was approved by guardians.</summary>
    public bool IsCarried => carried is not null;

    /// <summary>What each command of <see cref="Payload"/> puts at risk.</summary>
    public IReadOnlyList<Risk> Risks { get; private set; } = [];

    /// <summary>Whether the entry's own payload has a command.</summary>
    public bool Has<T>(Func<T, bool> which)
        where T : Command => payload?.Commands.OfType<T>().Any(which) ?? false;

    /// <summary>From here on the effects are those of a payload that was approved.</summary>
    public void BeginCarried(AuditedAccount agent, ClientPayload waiting)
    {
        (carrier, carried, othersBefore) = (agent, waiting, others);
        Risks = RisksOf(waiting);
    }

    /// <summary>What was approved has been tried.</summary>
    public void EndCarried(Outcome result)
    {
        if (carried is not null && carrier is not null && result == Outcome.Applied)
        {
            stops.CheckPayload(carried, carrier.Number);
            foreach (var command in carried.Commands)
            {
                asked.AddRange(AsksOf(command, carried.From).Where(ask => !ask.Amount.IsZero));
            }
        }
        else
        {
            log.Equal(
                AuditCheck.Refusal, "the events of what was approved and refused", 0, others - othersBefore - 1);
        }

        (carrier, carried, Risks) = (null, null, []);
    }

    /// <summary>Begins an entry, before its events.</summary>
    public void Begin(AuditedEntry entry, Func<WorkloadId, (BigInteger JobBond, AccountNumber? Client)> offers)
    {
        (payload, sender, outcome) = (entry.Body as ClientPayload, null, entry.Outcome);
        (gas, handled, others) = (0, 0, 0);
        (carrier, carried, offerOf, Risks) = (null, null, offers, []);
        asked.Clear();
        done.Clear();
        log.Holds(
            outcome.IsJournalled(), AuditCheck.Form, "what is journalled", "applied or refused", $"{outcome}");
        if (payload is null)
        {
            return;
        }

        log.Holds(
            digests.Add(payload.PayloadDigest),
            AuditCheck.Nonce,
            $"the payload {payload.PayloadDigest}",
            "journalled once",
            "journalled again");
        sender = accounts.Find(payload.From);
        if (sender is null || payload.Commands.Length == 0)
        {
            log.Add(AuditCheck.Form, "a payload", "an account's, with a command", $"{payload.From}'s");
            return;
        }

        stops.CheckPayload(payload, sender.Number);
        gas = GasOf(payload, sender);
        foreach (var command in payload.Commands)
        {
            asked.AddRange(AsksOf(command, payload.From).Where(ask => !ask.Amount.IsZero));
        }

        Risks = RisksOf(payload);
    }

    /// <summary>Counts an event other than <see cref="CommandHandled"/>.</summary>
    public void CountOther() => others++;

    /// <summary>Whose money may move: the sender's own by its asking, a retired agent's by its owner's.</summary>
    public void On(in Moved moved)
    {
        if (Postings.IsAskedFor(moved))
        {
            done.Add(new Ask(moved.Reason, accounts.Find(moved.To)?.Id ?? default, moved.Amount.BaseUnits));
        }

        if (moved.FromSub is not (SubAccount.Available or SubAccount.Stake))
        {
            return;
        }

        if (moved.Reason == MoveReason.Retirement)
        {
            var owner = accounts.AgentOf(moved.From)?.Owner;
            log.Holds(
                owner == Sender && owner == moved.To,
                AuditCheck.Command,
                $"who retires account {moved.From} and has its rest",
                $"its owner {owner}",
                $"{Sender} and {moved.To}");
            log.Equal(
                AuditCheck.Command,
                $"the rest of account {moved.From}",
                books.Of(moved.From, SubAccount.Available),
                moved.Amount.BaseUnits);
            return;
        }

        log.Holds(
            moved.From == Sender,
            AuditCheck.Command,
            $"whose own money moves ({moved.Reason})",
            Sender is null ? "nobody's" : $"account {Sender}'s",
            $"account {moved.From}'s");
    }

    public void On(in CommandHandled done)
    {
        handled++;
        var before = lanes.GetValueOrDefault((done.From, done.Lane));
        log.Equal(
            AuditCheck.Nonce, $"the sequence in lane {done.Lane} of account {done.From}", before + 1, done.Sequence);
        lanes[(done.From, done.Lane)] = done.Sequence;
        if (payload is null)
        {
            return;
        }

        log.Holds(
            (done.From, (int)done.Lane, done.Sequence) == (From, payload.Lane, payload.Sequence),
            AuditCheck.Nonce,
            "the nonce that is used",
            $"{payload.Lane}/{payload.Sequence} of account {From}",
            $"{done.Lane}/{done.Sequence} of account {done.From}");
        log.Holds(
            done.DigestPrefix == payload.PayloadDigest.Prefix,
            AuditCheck.Nonce,
            "the payload that is handled",
            $"{payload.PayloadDigest.Prefix:x16}",
            $"{done.DigestPrefix:x16}");
        log.Holds(
            done.Outcome == (uint)outcome,
            AuditCheck.Form,
            "the outcome in the events",
            $"{outcome}",
            $"{(Outcome)done.Outcome}");
        log.Equal(AuditCheck.Gas, $"the gas of account {done.From}", gas, done.Gas.BaseUnits);
    }

    /// <summary>Ends an entry, after its events.</summary>
    /// <param name="parkedBy">How many events parked the payload.</param>
    public void End(int parkedBy)
    {
        log.Equal(
            AuditCheck.Form, "how often the entry's payload is handled", payload is null ? 0 : 1, handled);
        if (outcome != Outcome.Applied)
        {
            log.Equal(AuditCheck.Refusal, "the events of a refused payload besides gas and nonce", parkedBy, others);
            return;
        }

        for (var i = 0; i < Math.Max(asked.Count, done.Count); i++)
        {
            var (wanted, found) = (At(asked, i), At(done, i));
            if (wanted != found)
            {
                log.Add(AuditCheck.Command, $"movement {i + 1} of what was asked for", Text(wanted), Text(found));
                return;
            }
        }
    }

    private static Ask? At(List<Ask> list, int index) => index < list.Count ? list[index] : null;

    private static string Text(Ask? ask) =>
        ask is { } known ? $"{known.Reason} of {known.Amount} to {known.To}" : "none";

    /// <summary>What a payload costs: the base and, where it takes effect, each command's own; nothing for a stop by
    /// one who may stop.</summary>
    private BigInteger GasOf(ClientPayload asking, AuditedAccount from)
    {
        if (free.Contains(from, asking, outcome))
        {
            return 0;
        }

        BigInteger each = parameters.BaseGas.BaseUnits;
        return outcome is Outcome.Applied or Outcome.Parked
            ? asking.Commands.Aggregate(each, (sum, one) => sum + (each * parameters.GasMultiples[(int)one.Kind]))
            : each;
    }

    private List<Risk> RisksOf(ClientPayload asking) => [.. asking.Commands.Select(command =>
    {
        List<Ask> asks = [.. AsksOf(command, asking.From)];
        AccountNumber? payee = command switch
        {
            Transfer transfer => accounts.Find(transfer.To)?.Number,
            PlaceBid bid => offerOf(bid.Workload).Client,
            _ => null,
        };
        return new Risk(
            command.Kind,
            Sum(asks, reason => reason is not (MoveReason.Staked or MoveReason.Unstaked)),
            Sum(asks, reason => reason == MoveReason.Staked),
            payee,
            payee is null && command is Transfer or OpenAccount or RegisterAgent);
    })];

    private static BigInteger Sum(List<Ask> asks, Func<MoveReason, bool> which) => asks
        .Where(ask => which(ask.Reason)).Aggregate(BigInteger.Zero, (sum, ask) => sum + ask.Amount);

    private IEnumerable<Ask> AsksOf(Command command, AccountId self) =>
        command switch
        {
            Transfer transfer => [new Ask(MoveReason.Transfer, transfer.To, transfer.Amount.BaseUnits)],
            OpenAccount open =>
                [new Ask(MoveReason.Deposit, (AccountId)open.Key.Thumbprint(), open.Deposit.BaseUnits)],
            RegisterAgent register =>
                [new Ask(MoveReason.Deposit, (AccountId)register.Key.Thumbprint(), register.Deposit.BaseUnits)],
            DepositStake deposit => [new Ask(MoveReason.Staked, self, deposit.Amount.BaseUnits)],
            WithdrawStake withdraw => [new Ask(MoveReason.Unstaked, self, withdraw.Amount.BaseUnits)],
            DeclareBlob blob => [new Ask(MoveReason.BlobRent, default, RentOf(blob))],
            PostWorkload post =>
            [
                new Ask(MoveReason.Escrow, self, post.MaxPrice.BaseUnits),
                new Ask(MoveReason.ValidatorFee, self, FeesOf(post)),
            ],
            CommitVerdict => [new Ask(MoveReason.VerdictBond, self, parameters.BidBond.BaseUnits)],
            PlaceBid bid =>
            [
                new Ask(MoveReason.BidBond, self, parameters.BidBond.BaseUnits),
                new Ask(MoveReason.JobBond, self, offerOf(bid.Workload).JobBond),
            ],
            _ => [],
        };

    private static BigInteger FeesOf(PostWorkload post) =>
        post.Validation is { } asked ? (BigInteger)asked.Fee.BaseUnits * asked.Validators : BigInteger.Zero;

    /// <summary>KiB begun, times days, times the rate.</summary>
    private BigInteger RentOf(DeclareBlob blob) =>
        (BigInteger)parameters.BlobRentPerKiBDay.BaseUnits * ((new BigInteger(blob.SizeBytes) + KiB - 1) / KiB)
        * blob.Days;

    /// <summary>A movement that a command asks for.</summary>
    private readonly record struct Ask(MoveReason Reason, AccountId To, BigInteger Amount);
}
