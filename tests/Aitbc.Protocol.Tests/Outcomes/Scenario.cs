using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Tests.Outcomes;

/// <summary>One command about to be sent, and all around it that may be wrong with it.</summary>
internal sealed class Scene
{
    /// <summary>The chain's figures: windows and limits small enough to be reached.</summary>
    public Parameters Parameters { get; set; } = new() { PayloadsPerMinute = 40, MaxOpenPerAccount = 2 };

    /// <summary>The agent's constitution.</summary>
    public ConstitutionTerms Constitution { get; set; } = Constitutions.Wide;

    /// <summary>What the agent begins with.</summary>
    public TokenAmount Deposit { get; set; } = TokenAmount.FromTokens(10_000);

    /// <summary>Whether the command comes before its time.</summary>
    public bool Early { get; set; }

    /// <summary>What is asked in a bid.</summary>
    public TokenAmount Price { get; set; } = TokenAmount.FromTokens(5);

    /// <summary>Whether the agent stakes and lists.</summary>
    public bool Staked { get; set; } = true;

    /// <summary>The chain, once it has begun.</summary>
    public LedgerFixture Chain { get; set; } = null!;

    /// <summary>The agent and its service.</summary>
    public Provider Provider { get; set; } = null!;

    /// <summary>The agent.</summary>
    public Actor Agent => Provider.Agent;

    /// <summary>Its owner and guardian.</summary>
    public Actor Owner => Chain.People[3];

    /// <summary>Somebody it pays or works for.</summary>
    public Actor Other => Chain.People[4];

    /// <summary>Somebody who has nothing to do with it.</summary>
    public Actor Stranger => Chain.People[5];

    /// <summary>Who posts the workload.</summary>
    public Actor Client { get; set; } = null!;

    /// <summary>A workload, where the scenario has one.</summary>
    public WorkloadId Workload { get; set; }

    /// <summary>Agents that offer to validate.</summary>
    public Provider[] Validators { get; set; } = [];

    /// <summary>Those of them that were drawn.</summary>
    public Provider[] Drawn { get; set; } = [];

    /// <summary>The provider's result.</summary>
    public Digest Result { get; set; }

    /// <summary>The bytes of a payload that waits for approval.</summary>
    public byte[] ParkedBytes { get; set; } = [];

    /// <summary>Whether the sender's own output is another.</summary>
    public bool Differs { get; set; }

    /// <summary>Whether the sender's own output can be looked at.</summary>
    public bool Shown { get; set; }

    /// <summary>Who sends.</summary>
    public Actor Sender { get; set; } = null!;

    /// <summary>In what envelope.</summary>
    public Envelope Envelope { get; set; } = Envelope.Honest;

    /// <summary>What.</summary>
    public Command[] Commands { get; set; } = [];

    /// <summary>The one command.</summary>
    public Command Command
    {
        get => Commands[0];
        set => Commands = [value];
    }

    /// <summary>Registers the agent as the defects have set it up.</summary>
    public void Register()
    {
        var agent = Chain.NewActor("agent");
        Chain.Do(Owner, Chain.Registration(agent, Constitution, [Owner]) with { Deposit = Deposit });
        Provider = new Provider(agent, new ServiceId(1_000));
        if (Staked)
        {
            Chain.Do(agent, new Staking.DepositStake(Parameters.MinimumStake));
            Provider = new Provider(agent, Chain.List(agent));
        }
    }
}

/// <summary>One thing that may be wrong, and the outcome that it gives alone.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Field">What it changes: two defects of one field cannot stand together.</param>
internal sealed record Defect(Outcome Outcome, string Field)
{
    /// <summary>Before the chain begins.</summary>
    public Action<Scene>? Setup { get; init; }

    /// <summary>On the chain.</summary>
    public Action<Scene>? Stage { get; init; }

    /// <summary>On the payload.</summary>
    public Action<Scene>? Late { get; init; }

    /// <summary>Stages run by rising order; where it is not said, the highest outcome first.</summary>
    public int Order { get; init; } = -(int)Outcome;

    /// <summary>Fields that cannot stand together with this one.</summary>
    public string[] Excludes { get; init; } = [];

    /// <summary>Whether both can be wrong at once.</summary>
    public bool Fits(Defect other) =>
        Field != other.Field && !Excludes.Contains(other.Field) && !other.Excludes.Contains(Field);
}

/// <summary>A command that takes effect unless something is wrong, and all that may be wrong.</summary>
/// <param name="Name">The command's name.</param>
/// <param name="Build">Makes the world.</param>
/// <param name="Ready">Says who sends what.</param>
/// <param name="Defects">All that may be wrong.</param>
internal sealed record Scenario(string Name, Action<Scene> Build, Action<Scene> Ready, params Defect[] Defects)
{
    /// <summary>Sends the command with some defects.</summary>
    public Outcome Run(params Defect[] defects)
    {
        var scene = new Scene();
        Each(defects, defect => defect.Setup, scene);
        scene.Chain = new LedgerFixture(1, new ChainShape { Parameters = scene.Parameters });
        Build(scene);
        Each(defects, defect => defect.Stage, scene);
        Ready(scene);

        // The lowest last, so that nothing undoes it.
        Each(defects, defect => defect.Late, scene);
        return scene.Chain.Submit(scene.Chain.Payload(scene.Sender, scene.Envelope, scene.Commands)).Outcome;
    }

    private static void Each(Defect[] defects, Func<Defect, Action<Scene>?> part, Scene scene)
    {
        foreach (var defect in defects.OrderBy(defect => defect.Order))
        {
            part(defect)?.Invoke(scene);
        }
    }
}
