using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;

namespace Aitbc.Testing;

/// <content>Providers that seal, and validators that are right, wrong, silent or late.</content>
public sealed partial class RandomEconomy
{
    /// <summary>A blob that somebody waits for.</summary>
    private Digest? arriving;

    private ValidationTerms Asked(TokenAmount price)
    {
        var count = Hits(970_000) ? 1 + random.NextInt32(3) : Pick([0, 8, 9, 255]);
        var needed = Hits(970_000) ? (count / 2) + 1 : random.NextInt32(256);
        return new ValidationTerms(
            (byte)needed,
            (byte)count,
            Hits(700_000) ? 0u : Hits(900_000) ? 10_000u : uint.MaxValue,
            Hits(970_000) ? price.MulDivDown(1, 8) : Pick([TokenAmount.Zero, price, TokenAmount.MaxSupply]),
            Window(600_000),
            Window(400_000));
    }

    private Command Sealing(in WorkloadRecord workload)
    {
        var provider = new Provider(Winner(workload), default);
        return Chain.Sealing(provider, workload.Id, Hits(600_000) ? 1_000_000u : (uint)random.NextInt32(1_100_000));
    }

    /// <summary>What a sealed workload needs next.</summary>
    private (Actor Actor, Command Command) Verification(in WorkloadRecord workload)
    {
        var showing = Chain.FindShowing(workload.Id);
        if (showing is null || workload.Phase == WorkloadPhase.Sealed)
        {
            return Stray(workload.Id);
        }

        if (workload.Phase == WorkloadPhase.Revealing)
        {
            return (Winner(workload), Stored(showing.Result) ?? (Hits(980_000) ? showing : showing with
            {
                QualityPpm = showing.QualityPpm - 1,
            }));
        }

        var checks = Chain.State.Validations[workload.Validation - 1];
        var seat = checks.Seats[random.NextInt32(checks.Drawn)];
        var validator = ActorOf(seat.Validator);
        if (seat.Commitment.Prefix % 6 == 5)
        {
            // Bound, and silent from then on.
            return Own(validator);
        }

        if (workload.Phase == WorkloadPhase.Committing)
        {
            var output = Hits(800_000) ? showing.Result : Chain.Unique("other output", random.NextUInt64());
            return seat.State == SeatState.Drawn && Hits(900_000)
                ? (validator, Chain.Committing(validator, workload.Id, output))
                : Own(validator);
        }

        return Chain.FindFinding(workload.Id, validator.Id) is null || Hits(30_000)
            ? Stray(workload.Id)
            : Judge(workload, validator);
    }

    private (Actor Actor, Command Command) Judge(in WorkloadRecord workload, Actor validator)
    {
        var verdict = Chain.Judging(validator, workload.Id);
        if (!verdict.Agrees && Stored(verdict.Output) is { } storing)
        {
            return (validator, storing);
        }

        return (validator, Hits(900_000) ? verdict : verdict with { Agrees = !verdict.Agrees });
    }

    /// <summary>What is still to be done for a blob to be there; null where it is.</summary>
    private Command? Stored(Digest digest)
    {
        if (Chain.State.BlobIsAvailable(digest))
        {
            return null;
        }

        arriving = Chain.State.FindBlob(digest) >= 0 ? digest : arriving;
        return new DeclareBlob(digest, 100, 1);
    }

    private Liveness Heard()
    {
        var agent = agents.Count > 0 ? Pick(agents) : Pick(humans);
        var record = Chain.Account(agent).Agent;
        var isGone = record != 0 && !Chain.State.Agents[record - 1].IsLive;
        return new Liveness(Hits(950_000) ? agent.Id : AnyId(), isGone || Hits(100_000));
    }
}
