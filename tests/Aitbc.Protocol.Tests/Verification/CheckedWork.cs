using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Tests.Verification;

/// <summary>One workload that validators check, on a chain where nothing but the market costs anything: 100 tokens for
/// the work, 10 of job bond, 2 a verdict, 1 of verdict bond.</summary>
internal sealed class CheckedWork
{
    private readonly Dictionary<AccountId, TokenAmount> before = [];

    public CheckedWork(ulong seed = 1, ValidationTerms? terms = null, int validators = 3, ChainShape? shape = null)
    {
        Chain = new LedgerFixture(seed, shape ?? Free);
        Terms = terms ?? LedgerFixture.Validation;
        Validators = Chain.NewValidators(validators);
        Provider = Chain.NewProvider(Chain.People[3]);
        Client = Chain.NewAgent(Chain.People[4]);
    }

    public static ChainShape Free { get; } = new()
    {
        Parameters = new Parameters { BaseGas = TokenAmount.Zero, BlobRentPerKiBDay = TokenAmount.Zero },
    };

    public LedgerFixture Chain { get; }

    public ValidationTerms Terms { get; }

    public Provider[] Validators { get; }

    public Provider Provider { get; }

    public Actor Client { get; }

    public WorkloadId Id { get; private set; }

    public Digest Result => Chain.Showing(Id).Result;

    public Provider[] Drawn { get; private set; } = [];

    /// <summary>Validators' ways in the order of their draw: a(gree), d(isagree), s(ilent once committed), - (silent).
    /// </summary>
    public string Ways { get; init; } = "aaa";

    public uint QualityPpm { get; init; } = 900_000;

    public WorkloadPhase Phase => Chain.Workload(Id).Phase;

    /// <summary>Goes as far as a phase, from wherever it is.</summary>
    public CheckedWork To(WorkloadPhase phase)
    {
        if (Id.Value == 0)
        {
            foreach (var actor in new[] { Client, Provider.Agent }.Concat(Validators.Select(one => one.Agent)))
            {
                before[actor.Id] = Chain.Account(actor).Total;
            }

            Id = Chain.AwardChecked(Client, Provider, Terms);
        }

        while (Chain.IsLive(Id) && Phase != phase)
        {
            Step();
        }

        return this;
    }

    /// <summary>Goes to the end.</summary>
    public WorkloadEnded Finish()
    {
        To(0);
        Assert.False(Chain.IsLive(Id));
        return Ended();
    }

    /// <summary>The record of the end.</summary>
    public WorkloadEnded Ended()
    {
        foreach (var entry in Chain.Journal.Reverse())
        {
            var reader = new EventReader(entry.Events);
            while (reader.MoveNext())
            {
                if (reader.Kind == EventKind.WorkloadEnded && reader.As<WorkloadEnded>() is var ended
                    && ended.Workload == Id)
                {
                    return ended;
                }
            }
        }

        throw new InvalidOperationException($"{Id} has not ended.");
    }

    /// <summary>What somebody has more than before, in thousandths of a token.</summary>
    public long Gained(Actor actor) => (long)(((Int128)Chain.Account(actor).Total.BaseUnits
        - (Int128)before[actor.Id].BaseUnits) / (Int128)(TokenAmount.OneToken.BaseUnits / 1000));

    /// <summary>Value that an agent's limits count, in thousandths of a token.</summary>
    public long Counted(Actor agent) => (long)(Chain.State.VolumeUsed(AgentOf(agent)).BaseUnits
        / (TokenAmount.OneToken.BaseUnits / 1000));

    public Identity.AgentRecord AgentOf(Actor agent) => Chain.State.Agents[Chain.Account(agent).Agent - 1];

    /// <summary>Nothing of the workload is left, and no token is lost or made.</summary>
    public void AssertNothingLeft()
    {
        var state = Chain.State;
        Assert.Equal((0, 0, 0), (state.Workloads.Live, state.Bids.Live, state.Validations.Live));
        var sum = UInt128.Zero;
        for (var slot = 0; slot < state.Accounts.Count; slot++)
        {
            ref readonly var account = ref state.Accounts[slot];
            sum += account.Total.BaseUnits;
            Assert.Equal((TokenAmount.Zero, TokenAmount.Zero), (account.Escrow, account.Bond));
        }

        Assert.Equal(state.Globals.Supply.BaseUnits, sum);
        for (var slot = 0; slot < state.Services.Count; slot++)
        {
            Assert.Equal(0u, state.Services[slot].CurrentLoad);
        }
    }

    /// <summary>Whoever acts in a phase does, and then its time passes where somebody did not.</summary>
    private void Step()
    {
        var phase = Phase;
        switch (phase)
        {
            case WorkloadPhase.Awarded:
                Chain.Do(Provider.Agent, new StartWork(Id));
                return;
            case WorkloadPhase.Running:
                Chain.Do(Provider.Agent, Chain.Sealing(Provider, Id, QualityPpm));
                return;
            case WorkloadPhase.Sealed:
                Drawn = Chain.Draw(Id);
                return;
            case WorkloadPhase.Committing:
                Each("ads", i => Chain.Commit(
                    Id, Ways[i] == 'd' ? Chain.Unique("other output", (ulong)i) : Result, Drawn[i]));
                break;
            case WorkloadPhase.Revealing:
                Chain.Show(Provider, Id);
                return;
            case WorkloadPhase.Judging:
                Each("ad", i => Chain.Judge(Id, Drawn[i]));
                break;
        }

        if (Chain.IsLive(Id) && Phase == phase)
        {
            Chain.PassDeadline(Id);
        }
    }

    private void Each(string ways, Action<int> act)
    {
        for (var i = 0; i < Drawn.Length; i++)
        {
            // A test may have let some act already.
            var isOpen = Chain.IsLive(Id)
                && Chain.Checks(Id).Seats[i].State < (Phase == WorkloadPhase.Judging ? (SeatState)3 : (SeatState)2);
            if (isOpen && ways.Contains(Ways[i], StringComparison.Ordinal))
            {
                act(i);
            }
        }
    }
}
