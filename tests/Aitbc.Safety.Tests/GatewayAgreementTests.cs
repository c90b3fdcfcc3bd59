using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Safety.Tests;

public sealed class GatewayAgreementTests
{
    private static readonly Label s_capability = Label.Parse("classifier.infer");

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task What_the_gateway_lets_pass_the_ledger_applies_and_what_it_refuses_the_ledger_refuses_alike(
        ulong seed)
    {
        await using var world = new GatewayFixture(seed: seed);
        var random = world.Random.Fork("acts");
        List<Actor> actors = [world.Owner, world.Other];
        foreach (var constitution in Constitutions())
        {
            actors.Add(await world.NewAgentAsync(constitution));
        }

        SortedDictionary<Outcome, int> seen = [];
        for (var step = 0; step < 1_500; step++)
        {
            world.Clock.Now += new Duration(random.NextInt32(20) == 0 ? random.NextInt32(600_000) : 700);
            await world.Ledger.PumpAsync(CancellationToken.None);
            await world.Ledger.PutBlobAsync(default, new[] { (byte)random.NextInt32(6) }, CancellationToken.None);
            var actor = actors[random.NextInt32(actors.Count)];
            Command[] commands =
                [.. Enumerable.Range(0, 1 + random.NextInt32(3)).Select(_ => Any(world, actors, random))];
            var where = $"seed {seed}, step {step}: {actor} {string.Join(", ", commands.Select(c => c.Kind))}";

            var verdict = world.Gateway.Review(GatewayFixture.Propose(actor, commands));
            if (verdict.Approved is { } approved)
            {
                var result = await world.Gateway.ExecuteAsync(approved, CancellationToken.None);
                Assert.True(
                    result.IsApplied || result.IsParked, $"{where} was let pass and became {result.Outcome}");
                seen[result.Outcome!.Value] = seen.GetValueOrDefault(result.Outcome.Value) + 1;
            }
            else
            {
                var direct = await world.SendDirectlyAsync(actor, commands);
                Assert.True(
                    (direct.Outcome, direct.FailedAt) == (verdict.Refusal!.Outcome, verdict.Refusal.FailedAt),
                    $"{where} was refused as {verdict.Refusal} and became {direct.Outcome} at {direct.FailedAt}");
                seen[direct.Outcome] = seen.GetValueOrDefault(direct.Outcome) + 1;
            }
        }

        Assert.True(seen.GetValueOrDefault(Outcome.Applied) > 150, $"{string.Join(", ", seen)}");
        Assert.True(seen.GetValueOrDefault(Outcome.Parked) > 0, $"{string.Join(", ", seen)}");
        Assert.True(seen.Count > 18, $"only these came up: {string.Join(", ", seen)}");
    }

    private static IEnumerable<ConstitutionTerms> Constitutions()
    {
        var wide = Testing.Constitutions.Wide;
        yield return wide;
        yield return wide with
        {
            MaxDailyVolume = TokenAmount.FromTokens(200), MaxValuePerAction = TokenAmount.FromTokens(60),
        };
        yield return wide with { AllowedActions = [CommandKind.Transfer, CommandKind.DepositStake] };
        yield return wide with { RequiresHumanApproval = true };
        yield return wide with
        {
            Rules =
            [
                new(RuleKind.ApprovalAbove, [CommandKind.Transfer, CommandKind.DepositStake])
                {
                    Amount = TokenAmount.FromTokens(50),
                },
                new(RuleKind.RollingCount, [CommandKind.DeclareBlob]) { Count = 3, Window = Duration.FromHours(1) },
            ],
        };
        yield return wide with { MaxStake = TokenAmount.FromTokens(1_200), HoursUtc = 0x00F0F0 };
        yield return wide with { MaxGasPerDay = TokenAmount.OneToken.MulDivDown(3, 100) };
        yield return wide;
    }

    private static Command Any(GatewayFixture world, List<Actor> actors, SeededRandom random)
    {
        var state = world.Ledger.View;
        var other = actors[random.NextInt32(actors.Count)].Id;
        var amount = TokenAmount.FromTokens((ulong)random.NextInt32(100));
        var workload = new WorkloadId(1 + random.NextUInt64(state.Read(held => held.Globals.LastWorkload) + 2));
        var service = new ServiceId(1 + random.NextUInt64(state.Read(held => held.Globals.LastService) + 2));
        var blob = Digest.Sha256([(byte)random.NextInt32(6)]);
        var terms = new ServiceTerms(Label.Parse("s"), s_capability, TokenAmount.OneToken, 3, default, 0);
        return random.NextInt32(20) switch
        {
            < 4 => new Transfer(random.NextInt32(12) == 0 ? default : other, random.NextInt32(40) == 0 ? Huge : amount),
            < 7 => new DepositStake(random.NextInt32(30) == 0 ? Huge : TokenAmount.FromTokens(500)),
            7 => new WithdrawStake(amount),
            < 10 => new ListService(terms),
            10 => new DeclareBlob(blob, random.NextUInt64(12) == 0 ? 0UL : 1, (uint)random.NextInt32(40)),
            11 => new UpdateService(service, terms),
            12 => new DelistService(service),
            < 15 => Posting(blob, amount),
            < 17 => new PlaceBid(workload, service, Digest.Sha256("sealed"u8)),
            17 => random.NextInt32(2) == 0 ? new StartWork(workload) : new CancelWorkload(workload),
            18 => random.NextInt32(2) == 0 ? new SubmitWork(workload, blob, 1) : new AcceptWork(workload),
            _ => random.NextInt32(4) == 0 ? new StopAgent(other) : new ReleaseAgent(other),
        };
    }

    private static TokenAmount Huge => TokenAmount.MaxSupply;

    private static PostWorkload Posting(Digest blob, TokenAmount price) => new(
        s_capability,
        blob,
        blob,
        price,
        price,
        1,
        0,
        Digest.Sha256("salt"u8),
        VerificationMode.None,
        1_000,
        1_000,
        1_000,
        1_000);
}
