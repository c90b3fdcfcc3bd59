using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Staking;

namespace Aitbc.Safety.Tests;

public sealed class DryRunTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void For_everything_a_random_economy_sends_the_checks_foretell_the_ledger_and_leave_no_trace(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        (Outcome Outcome, int FailedAt)? foretold = null;
        var tried = 0;
        economy.Chain.Attempting += (header, body) =>
        {
            foretold = null;
            if (body is ClientPayload payload && economy.Chain.State.NextDueMs > header.Time.UnixMs)
            {
                var check = tried % 50 == 0;
                var before = check ? economy.Chain.State.ComputeHash() : default;
                foretold = Foretell(economy, header, payload);
                Assert.Equal(before, check ? economy.Chain.State.ComputeHash() : default);
                tried++;
            }
        };
        economy.Chain.Attempted += (_, _, result) =>
        {
            if (foretold is { } expected && !result.IsDuplicate)
            {
                Assert.True(
                    expected == (result.Outcome, result.FailedAt),
                    $"foretold {expected}, was {result} ({economy.Where})");
            }
        };

        economy.Run(6_000);

        Assert.True(tried > 3_000);
        Assert.True(economy.Outcomes.Count > 25, $"only {economy.Outcomes.Count} outcomes came up");
    }

    [Fact]
    public void A_tried_deadline_never_falls_due()
    {
        var chain = new LedgerFixture();
        var agent = chain.NewAgent(chain.People[3]);
        chain.Do(agent, new DepositStake(TokenAmount.FromTokens(10)));
        var due = chain.State.NextDueMs;
        using (var run = new DryRun(chain.State, chain.Now))
        {
            Assert.Equal(Outcome.Applied, run.Admit(chain.Payload(agent, new WithdrawStake(TokenAmount.OneToken))));
            Assert.Equal(Outcome.Applied, run.Act(new WithdrawStake(TokenAmount.OneToken)));
            Assert.Equal(Outcome.Applied, run.Act(new DeclareBlob(Digest.Sha256("x"u8), 1, 1)));
        }

        Assert.Equal(due, chain.State.NextDueMs);
        chain.Advance(Duration.FromHours(1));
        chain.Do(agent, new WithdrawStake(TokenAmount.OneToken));
        Assert.Equal((chain.Now + Duration.FromDays(7)).UnixMs, chain.State.NextDueMs);
    }

    [Fact]
    public void What_was_tried_before_counts_for_what_is_tried_after()
    {
        var chain = new LedgerFixture();
        var agent = chain.NewAgent(chain.People[3]);
        var half = chain.Account(agent).Available.MulDivDown(6, 10);
        var first = chain.Payload(agent, new Transfer(chain.People[0].Id, half));
        var second = chain.Payload(agent, new Envelope { Lane = 1 }, new Transfer(chain.People[0].Id, half));

        using var run = new DryRun(chain.State, chain.Now);
        Assert.Equal(Outcome.Applied, run.Admit(first));
        Assert.Equal(Outcome.Applied, run.Act(first.Commands[0]));
        run.Finish();

        Assert.Equal(Outcome.Applied, run.Admit(second));
        Assert.Equal(Outcome.InsufficientFunds, run.Act(second.Commands[0]));
    }

    private static (Outcome, int) Foretell(RandomEconomy economy, EntryHeader header, ClientPayload payload)
    {
        using var run = new DryRun(economy.Chain.State, header.Time);
        var outcome = run.Admit(payload);
        if (outcome != Outcome.Applied || run.IsDuplicate)
        {
            return (outcome, 0);
        }

        outcome = run.Handle(out var failedAt);
        if (outcome is not (Outcome.Applied or Outcome.Parked))
        {
            _ = run.Breach(outcome, payload.Commands[failedAt]);
        }

        return (outcome, failedAt);
    }
}
