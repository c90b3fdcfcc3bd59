using Aitbc.Agents;
using Aitbc.Agents.Kinds.Requesting;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Safety;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Audit;
using Aitbc.Safety.Monitor;
using Aitbc.Simulation.Time;

namespace Aitbc.Simulation.Worlds;

/// <content>How a world is begun and gone on with.</content>
public sealed partial class World
{
    /// <summary>A world on its way up; whatever fails, it gives back what it took.</summary>
    private sealed class Opening : IAsyncDisposable
    {
        private readonly WorldInputs inputs;
        private readonly Func<LedgerHostOptions, LedgerHostOptions>? adjust;

        private Opening(ChainDirectory chain, WorldInputs inputs, KeptWorld? kept, WorldOptions options)
        {
            Chain = chain;
            this.inputs = inputs;
            adjust = options.Ledger;
            Files = new WorldFiles(chain.Disk);
            Clock = chain.Genesis.Chain.IsSimulation ? new VirtualClock(chain.Genesis.CreatedAt) : null;
            Kept = kept ?? Found(chain, inputs, options);
        }

        public ChainDirectory Chain { get; }

        public WorldFiles Files { get; }

        public VirtualClock? Clock { get; }

        public TimeProvider Time => (TimeProvider?)Clock ?? TimeProvider.System;

        public KeptWorld Kept { get; }

        public LedgerHost? Ledger { get; private set; }

        public AuditFile? Audit { get; private set; }

        public SafetyGateway? Gateway { get; private set; }

        public List<IDisposable> Identities { get; } = [];

        public List<Agent> Agents { get; } = [];

        /// <summary>Checks everything that was asked for, and only then makes or opens the chain.</summary>
        public static Opening Begin(WorldOptions options)
        {
            if (!ChainDirectory.Exists(options.Directory))
            {
                var seed = options.Seed ?? 1;
                var inputs = Needed(options, seed);
                var made = Founding.BeginChain(options.Directory, options.IsVirtual ?? false, seed, options.Quota);
                return Guard(made, () => new Opening(made, inputs, null, options));
            }

            var chain = ChainDirectory.Open(options.Directory, options.Quota);
            return Guard(chain, () => GoOn(chain, options));
        }

        /// <summary>Its agents are watched as a node's are, unless somebody wants it otherwise.</summary>
        private LedgerHostOptions Adjust(LedgerHostOptions defaults)
        {
            var watched = defaults with { Watch = new LedgerMonitor(MonitorMode.Enforce, new MonitorOptions()) };
            return adjust?.Invoke(watched) ?? watched;
        }

        /// <summary>Opens the ledger, enrols everybody and registers the agents that are not registered yet.</summary>
        public async Task RunAsync(CancellationToken cancellationToken)
        {
            Ledger = Chain.OpenLedger(defaults => Adjust(defaults) with
            {
                Time = Time,
                Inline = Clock is not null,
                BeforeClock = last => Clock?.AdvanceTo(last),
            });
            Audit = AuditFile.Open(Chain.Disk, Ledger.View.Read(state => state.Time));
            Gateway = new SafetyGateway(Ledger, Audit, Time, new GatewayOptions());
            foreach (var (_, signer, identity) in Founding.PeopleOf(Chain))
            {
                Enrol(signer, identity);
            }

            var people = Cast.People.Zip(Chain.Genesis.Accounts)
                .ToDictionary(pair => pair.First.Name, pair => (AccountId)pair.Second.Key.Thumbprint());
            foreach (var member in Cast.Agents(inputs.Traits(Kept.Speed, WorldInputs.WorldSilence)))
            {
                var held = Kept.Agents.Single(agent => agent.Name == member.Name);
                var identity = Founding.LoadAgent(Chain, Kept.Seed, held);
                Enrol(Founding.SignerOf(held.Account, identity), identity);
                Agents.Add(new Agent(held.Name, held.Account, held.Secret, member.Conduct, held.Memory));
                await RegisterAsync(member, identity, people, cancellationToken).ConfigureAwait(false);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (Ledger is not null)
            {
                await Ledger.DisposeAsync().ConfigureAwait(false);
            }

            Audit?.Dispose();
            foreach (var identity in Identities)
            {
                identity.Dispose();
            }

            Chain.Dispose();
        }

        private static Opening GoOn(ChainDirectory chain, WorldOptions options)
        {
            var isVirtual = chain.Genesis.Chain.Equals(Founding.VirtualChain);
            if (!isVirtual && !chain.Genesis.Chain.Equals(Founding.WallChain))
            {
                throw new WorldRefusedException(
                    "other_chain",
                    $"{chain.FullPath} holds the chain {chain.Genesis.Chain}, which is no demonstration: name another "
                    + "directory with --data.");
            }

            if (options.IsVirtual is { } wanted && wanted != isVirtual)
            {
                throw new WorldRefusedException(
                    "other_time",
                    $"{chain.FullPath} holds a chain {(isVirtual ? "in virtual time" : "under the wall clock")}: name "
                    + "another directory with --data.");
            }

            var files = new WorldFiles(chain.Disk);
            if (!files.Exists)
            {
                // Killed between the chain and the world's first checkpoint: nothing has happened on the chain yet.
                return new Opening(chain, Needed(options, options.Seed ?? 1), null, options);
            }

            var kept = files.Load();
            CheckSame(files, kept, options, chain.FullPath);
            var speed = options.Speed ?? kept.Speed;
            var inputs = WorldInputs.Read(files.ReadDataset(), files.ReadDemand(), kept.Seed);
            return new Opening(chain, inputs, kept with { Speed = speed }, options);
        }

        /// <summary>A world goes on with what it was begun with.</summary>
        private static void CheckSame(WorldFiles files, KeptWorld kept, WorldOptions options, string path)
        {
            var other = options.Dataset is { } dataset && !dataset.Span.SequenceEqual(files.ReadDataset())
                ? "another data set"
                : options.Demand is { } demand && !demand.Span.SequenceEqual(files.ReadDemand())
                    ? "another demand"
                    : options.Seed is { } seed && seed != kept.Seed ? $"the seed {kept.Seed}" : null;
            if (other is not null)
            {
                throw new WorldRefusedException(
                    "other_inputs",
                    $"{path} was begun with {other}: leave the option out to go on, or name another directory with "
                    + "--data.");
            }
        }

        private static WorldInputs Needed(WorldOptions options, long seed) =>
            options is { Dataset: { } dataset, Demand: { } demand }
                ? WorldInputs.Read(dataset, demand, seed)
                : throw new WorldRefusedException("inputs", "A new world needs a data set and a demand.");

        private static Opening Guard(ChainDirectory chain, Func<Opening> make)
        {
            try
            {
                return make();
            }
            catch
            {
                chain.Dispose();
                throw;
            }
        }

        /// <summary>Gives every agent its identity and secret, and keeps them before anything else is done.</summary>
        private static KeptWorld Found(ChainDirectory chain, WorldInputs inputs, WorldOptions options)
        {
            var seed = options.Seed ?? 1;
            var speed = options.Speed ?? DemandMapping.SpeedFor(inputs.Demand);
            List<KeptAgent> agents = [];
            foreach (var member in Cast.Agents(inputs.Traits(speed, WorldInputs.WorldSilence)))
            {
                var (identity, secret) = Founding.NewAgent(chain, seed, member.Name);
                using (identity)
                {
                    agents.Add(new KeptAgent(member.Name, identity.Account, secret, member.NewMemory()));
                }
            }

            var world = new KeptWorld(seed, speed, agents);
            new WorldFiles(chain.Disk).Begin(options.Dataset!.Value, options.Demand!.Value, world);
            return world;
        }

        private void Enrol(AgentSigner signer, Identity? identity)
        {
            Gateway!.Enrol(signer);
            if (identity is not null)
            {
                Identities.Add(identity);
            }
        }

        private async Task RegisterAsync(
            CastMember member,
            Identity identity,
            Dictionary<string, AccountId> people,
            CancellationToken cancellationToken)
        {
            if (Ledger!.View.Read(state => state.FindAccount(identity.Account)) is not null)
            {
                return;
            }

            var council = people[Cast.People.Single(person => person.IsCouncil).Name];
            var owner = people[member.Owner];
            var charter = Cast.CharterOf(member, owner, council);
            Command register = identity.RegisterAgent(Chain.Genesis.Chain, owner, charter);
            var result = await Gateway!
                .ActAsync(new ProposedAction(owner, register, $"register {member.Name}"), cancellationToken)
                .ConfigureAwait(false);
            if (!result.IsApplied)
            {
                throw new WorldRefusedException(
                    "registration",
                    $"{member.Name} could not be registered: {result.Refusal?.Sentence ?? $"{result.Outcome}"}");
            }
        }
    }
}
