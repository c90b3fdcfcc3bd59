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
    AuditLog log, AuditedAccounts accounts, Books books, StopAudit stops, Parameters parameters)
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

    /// <summary>The payload that is being read; null where the node's input is.</summary>
    public ClientPayload? Payload => payload;

    /// <summary>Its sender; null where the node's input is being read.</summary>
    public AccountNumber? Sender => sender?.Number;

    /// <summary>Begins an entry, before its events.</summary>
    public void Begin(AuditedEntry entry, Func<WorkloadId, BigInteger> jobBondOf)
    {
        (payload, sender, outcome) = (entry.Body as ClientPayload, null, entry.Outcome);
        (gas, handled, others) = (0, 0, 0);
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
            asked.AddRange(AsksOf(command, payload.From, jobBondOf).Where(ask => !ask.Amount.IsZero));
        }
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
            (done.From, (int)done.Lane, done.Sequence) == (Sender, payload.Lane, payload.Sequence),
            AuditCheck.Nonce,
            "the nonce that is used",
            $"{payload.Lane}/{payload.Sequence} of account {Sender}",
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
    public void End()
    {
        log.Equal(
            AuditCheck.Form, "how often the entry's payload is handled", payload is null ? 0 : 1, handled);
        if (outcome != Outcome.Applied)
        {
            log.Equal(AuditCheck.Refusal, "the events of a refused payload besides gas and nonce", 0, others);
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
        if (Array.TrueForAll(asking.Commands, command => stops.IsFree(from, command)))
        {
            return 0;
        }

        BigInteger each = parameters.BaseGas.BaseUnits;
        return outcome == Outcome.Applied
            ? asking.Commands.Aggregate(each, (sum, one) => sum + (each * parameters.GasMultiples[(int)one.Kind]))
            : each;
    }

    private IEnumerable<Ask> AsksOf(Command command, AccountId self, Func<WorkloadId, BigInteger> jobBondOf) =>
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
                new Ask(MoveReason.JobBond, self, jobBondOf(bid.Workload)),
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
