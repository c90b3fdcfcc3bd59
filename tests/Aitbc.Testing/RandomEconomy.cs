using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;

namespace Aitbc.Testing;

/// <summary>
/// A long seeded run of everything that can be sent to a chain: what honest people and agents send, what is mistaken,
/// and what is hostile, with every system input between and clock steps from nothing to weeks. The same seed gives the
/// same run.
/// </summary>
/// <remarks>Not thread-safe. A failing test prints <see cref="Where"/>.</remarks>
public sealed partial class RandomEconomy
{
    private readonly SeededRandom random;
    private readonly List<Actor> humans;
    private readonly List<Actor> agents = [];
    private readonly List<Actor> pending = [];
    private readonly Dictionary<AccountId, Actor> actors = [];
    private readonly Dictionary<AccountId, List<TestKey>> keys = [];
    private readonly List<ClientPayload> sent = [];
    private readonly Queue<(Actor Actor, Command Command)> planned = [];
    private readonly SortedDictionary<Outcome, int> outcomes = [];

    /// <summary>Begins an economy.</summary>
    /// <param name="seed">All of the run comes from it.</param>
    /// <param name="shape">What the chain begins with; <see cref="Shape"/> where it is not said.</param>
    public RandomEconomy(ulong seed, ChainShape? shape = null)
    {
        Chain = new LedgerFixture(seed, shape ?? Shape);
        random = new SeededRandom(seed).Fork("economy");
        humans = [.. Chain.People];
        humans.ForEach(Know);
        Chain.Attempted += (_, body, result) =>
        {
            outcomes[result.Outcome] = outcomes.GetValueOrDefault(result.Outcome) + 1;
            Keep(body, result);
        };
    }

    /// <summary>A chain whose limits are low enough to be reached.</summary>
    public static ChainShape Shape { get; } = new()
    {
        People = 14,
        BeaconRounds = 8192,
        Balance = TokenAmount.FromTokens(200_000),
        Parameters = new Parameters
        {
            PayloadsPerMinute = 120,
            MaxBidsPerWorkload = 6,
            MaxOpenPerAccount = 10,
            MaxBlobDays = 30,
            MaxBlobBytes = 1 << 20,
        },
    };

    /// <summary>The chain.</summary>
    public LedgerFixture Chain { get; }

    /// <summary>Steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>How often each outcome came about, ticks before others included.</summary>
    public IReadOnlyDictionary<Outcome, int> Outcomes => outcomes;

    /// <summary>Which run this is and how far it is: what makes a failure come again.</summary>
    public string Where => $"seed {Chain.Seed}, step {Steps}, entry {Chain.State.Globals.Seq}, {Chain.Now}";

    /// <summary>Does a number of random acts.</summary>
    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            Step();
        }
    }

    /// <summary>One random act, ticks before it included.</summary>
    public ApplyResult Step()
    {
        Steps++;
        PassTime();
        EntryBody body = Hits(200_000) ? NextInput() : NextPayload();
        var result = Chain.Submit(body);
        Learn();
        return result;
    }

    /// <summary>Chance in parts per million.</summary>
    private bool Hits(uint ppm) => random.Chance(Ratio.FromPpm(ppm));

    private T Pick<T>(IReadOnlyList<T> items) => items[random.NextInt32(items.Count)];

    private Actor AnyActor() => agents.Count > 0 && Hits(600_000) ? Pick(agents) : Pick(humans);

    private Actor ActorOf(AccountNumber number) => actors[Chain.State.Account(number).Id];

    private void Know(Actor actor)
    {
        actors[actor.Id] = actor;
        keys[actor.Id] = [actor.Key];
    }

    /// <summary>Takes in who has an account now and who signs with what.</summary>
    private void Learn()
    {
        foreach (var actor in pending)
        {
            if (Chain.State.FindAccount(actor.Id) is { } number)
            {
                Know(actor);
                if (Chain.State.Account(number).Kind == AccountKind.Agent)
                {
                    agents.Add(actor);
                    planned.Enqueue((actor, new DepositStake(Chain.State.Parameters.MinimumStake)));
                    planned.Enqueue((actor, new ListService(Terms(actor))));
                    if (Hits(600_000))
                    {
                        var terms = LedgerFixture.ServiceTerms with { Capability = LedgerFixture.Validating };
                        planned.Enqueue((actor, new ListService(terms with { MaxCapacity = 2 })));
                    }
                }
                else
                {
                    humans.Add(actor);
                }
            }
        }

        pending.Clear();
        if (Hits(50_000))
        {
            agents.RemoveAll(agent => Chain.State.Agents[Chain.Account(agent).Agent - 1].Retired == 1);
        }
    }

    /// <summary>Mostly nothing, sometimes a moment, seldom hours or weeks, and the edges of buckets.</summary>
    private void PassTime()
    {
        const long bucket = 15 * 60 * 1000;
        var draw = random.NextInt32(10_000);
        var step = draw switch
        {
            < 7_500 => 0,
            < 9_000 => Between(1, 300),
            < 9_700 => Between(300, 3_000),
            < 9_880 => Between(3_000, 20_000),
            < 9_930 => bucket - (Chain.Now.UnixMs % bucket) + random.NextInt32(3) - 1,
            < 9_985 => Between(20_000, 600_000),
            < 9_994 => Between(600_000, 30 * 3_600_000L),
            _ => Between(30 * 3_600_000L, 21 * 24 * 3_600_000L),
        };
        if (step >= 30 * 3_600_000L && Hits(500_000))
        {
            Chain.Now += new Duration(step);
            Chain.Submit(new Resumed());
            return;
        }

        Chain.Now += new Duration(Math.Max(0, step));
    }

    private long Between(long low, long high) => low + (long)random.NextUInt64((ulong)(high - low));

    private ClientPayload NextPayload()
    {
        if (judged is { } named)
        {
            judged = null;
            return named;
        }

        if (sent.Count > 0 && Hits(30_000))
        {
            return Pick(sent);
        }

        var (actor, command) = NextAct();
        Command[] commands = [command];
        if (Hits(100_000))
        {
            commands = Batch(actor, command);
        }

        Repair(actor);
        var isBad = Hits(40_000);
        var envelope = isBad ? BadEnvelope() : new Envelope { Lane = Hits(100_000) ? random.NextInt32(8) : 0 };
        var payload = Chain.Payload(actor, envelope, commands);
        payload = isBad ? payload : Readable(payload);
        if (sent.Count < 200)
        {
            sent.Add(payload);
        }
        else
        {
            sent[random.NextInt32(sent.Count)] = payload;
        }

        return payload;
    }

    /// <summary>Several commands of one sender: some such batches take effect, most have a mistake somewhere.</summary>
    private Command[] Batch(Actor actor, Command first)
    {
        var commands = new List<Command> { first };
        for (var more = random.NextInt32(6); more >= 0; more--)
        {
            commands.Add(Hits(250_000) ? NextAct().Command : OwnAct(actor));
        }

        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(commands));
        return Hits(10_000) ? [] : [.. commands];
    }

    /// <summary>Who signed with a key that is gone signs with another; a lost key stays in use now and then.</summary>
    private void Repair(Actor actor)
    {
        if (!keys.TryGetValue(actor.Id, out var known) || Hits(20_000))
        {
            return;
        }

        actor.Key = known.FirstOrDefault(key => Chain.State.KeyOf(actor.Id, key.Id) is not null) ?? actor.Key;
    }

    private Envelope BadEnvelope() => random.NextInt32(12) switch
    {
        0 => new Envelope { Chain = new ChainId("sim:other") },
        1 => new Envelope { From = AccountId.From(Chain.Unique("nobody", random.NextUInt64()).AsSpan()) },
        2 => new Envelope { Lane = Pick([-1, 8, int.MaxValue, int.MinValue]) },
        3 => new Envelope { Sequence = Pick<ulong>([0, 1, 2, ulong.MaxValue]) },
        4 => new Envelope { Sequence = random.NextUInt64(400) },
        5 => new Envelope { ValidUntil = new Timestamp(Chain.Now.UnixMs - 1) },
        6 => new Envelope { ValidUntil = Chain.Now + Duration.FromDays(2) },
        7 => new Envelope { Epoch = Chain.State.Globals.StopEpoch + 1 + random.NextUInt64(3) },
        8 => new Envelope { Epoch = random.NextUInt64(Chain.State.Globals.StopEpoch + 1) },
        9 => new Envelope { Proof = ProofKind.WebAuthn },
        10 => new Envelope { Proof = (ProofKind)random.NextInt32(256) },
        _ => new Envelope { Signer = AnyActor().Key.Id },
    };

    /// <summary>Amounts that honest people name, and those that break arithmetic.</summary>
    private TokenAmount Amount(Actor actor)
    {
        var number = Chain.State.FindAccount(actor.Id);
        var available = number is { } known ? Chain.State.Account(known).Available : TokenAmount.Zero;
        var gas = Chain.State.Parameters.BaseGas;
        return Hits(80_000)
            ? random.NextInt32(10) switch
            {
                0 => TokenAmount.Zero,
                1 => TokenAmount.FromBaseUnits(1),
                2 => available,
                3 => available + TokenAmount.FromBaseUnits(1),
                4 => available > gas + gas ? available - gas - gas : available,
                5 => TokenAmount.MaxSupply,
                6 => TokenAmount.MaxSupply - available,
                7 => TokenAmount.FromBaseUnits(UInt128.One << 126),
                8 => Genesis.MaxSupply,
                _ => Genesis.MaxSupply + TokenAmount.FromBaseUnits(1),
            }
            : available.MulDivDown(random.NextUInt64(20_000), 1_000_000);
    }
}
