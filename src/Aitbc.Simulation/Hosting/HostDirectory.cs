using System.Text.Json;
using Aitbc.Agents;
using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Kinds;
using Aitbc.Agents.Kinds.Requesting;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Simulation.Worlds;

namespace Aitbc.Simulation.Hosting;

/// <summary>Kinds of agents that a host runs.</summary>
public enum HostedKind
{
    /// <summary>Curates data.</summary>
    Data = 1,

    /// <summary>Trains classifiers.</summary>
    Training = 2,

    /// <summary>Classifies rows.</summary>
    Inference = 3,

    /// <summary>Buys all three.</summary>
    Requester = 4,

    /// <summary>Decides in a program of its own, by <see cref="ProviderSession"/>.</summary>
    Own = 5,

    /// <summary>Has a language model answer, where an endpoint is set.</summary>
    Chat = 6,
}

/// <summary>One agent as its host keeps it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Account">Its account.</param>
/// <param name="Secret">From which its salts follow.</param>
/// <param name="Memory">What it remembers.</param>
public sealed record HostedAgent(
    string Name, HostedKind Kind, AccountId Account, Digest Secret, AgentMemory Memory)
{
    /// <summary>How an agent of a kind behaves, with the figures of the demonstration's cast.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="requester">What a requester wants; asked for only where there is one.</param>
    /// <exception cref="WorldRefusedException">It decides elsewhere.</exception>
    public static (IAgentConduct Conduct, Func<AgentMemory> NewMemory) Make(
        HostedKind kind, Func<RequesterTraits> requester)
    {
        ArgumentNullException.ThrowIfNull(requester);
        switch (kind)
        {
            case HostedKind.Data:
                var data = new DataAgent(Traits(perJob: 40, perUnit: 21));
                return (data, data.NewMemory);
            case HostedKind.Training:
                var training = new TrainingAgent(Traits(perJob: 400, perUnit: 750));
                return (training, training.NewMemory);
            case HostedKind.Inference:
                var inference = new InferenceAgent(Traits(perJob: 20, perUnit: 28));
                return (inference, inference.NewMemory);
            case HostedKind.Requester:
                var traits = requester();
                return (new RequesterAgent(traits), traits.NewMemory);
            case HostedKind.Chat:
                var chat = new ChatAgent(Traits(perJob: 20, perUnit: 10));
                return (chat, chat.NewMemory);
            case HostedKind.Own:
                throw new WorldRefusedException(
                    "own", "An agent of the kind own decides in a program of its own: no host runs it, start that.");
            default:
                throw new ArgumentOutOfRangeException(nameof(kind));
        }
    }

    /// <summary>Costs are given in thousandths of a token.</summary>
    private static ProviderTraits Traits(ulong perJob, ulong perUnit) => new(
        TokenAmount.OneToken.MulDivDown(perJob, 1_000),
        TokenAmount.OneToken.MulDivDown(perUnit, 1_000),
        Ratio.FromPpm(300_000),
        Ratio.Zero,
        Ratio.One);
}

/// <summary>What a host keeps.</summary>
/// <param name="Genesis">Digest of the genesis file of its agents' chain.</param>
/// <param name="Owner">The person who owns and guards them.</param>
/// <param name="Agents">The agents.</param>
public sealed record KeptHost(Digest Genesis, AccountId Owner, IReadOnlyList<HostedAgent> Agents);

/// <summary>The data directory of a host of agents: their keys, what they remember, their audit. One process at a time.
/// </summary>
/// <remarks>Holds secrets. One owner.</remarks>
public sealed class HostDirectory : IDisposable
{
    private const string StateFile = "host/agents.sealed";
    private const int MaxTries = 3;
    private static readonly SealedKind StateKind = new("agent-host", 1);

    private readonly DataDirectory data;
    private readonly HostKey hostKey;

    private HostDirectory(DataDirectory data, HostKey hostKey)
    {
        (this.data, this.hostKey) = (data, hostKey);
        Keys = new KeyStore(Path.Combine(data.Path, DataDirectory.KeysDirectory), hostKey);
    }

    /// <summary>Keys that live here.</summary>
    public KeyStore Keys { get; }

    /// <summary>Its files.</summary>
    public IDisk Disk => data.Disk;

    /// <summary>Opens a directory; makes it where it is missing.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="IOException">Another process has it, or it holds a chain.</exception>
    public static HostDirectory Open(string path)
    {
        if (ChainDirectory.Exists(path))
        {
            throw new IOException($"{path} is a node's data directory: name another for the host's agents.");
        }

        var data = DataDirectory.Open(path);
        try
        {
            var file = Path.Combine(data.Path, DataDirectory.KeysDirectory, HostKey.FileName);
            var passphrase = Environment.GetEnvironmentVariable(ChainDirectory.PassphraseVariable);
            var key = File.Exists(file)
                ? HostKey.NeedsPassphrase(file) ? HostKey.Open(file, passphrase) : HostKey.Open(file)
                : string.IsNullOrEmpty(passphrase)
                    ? HostKey.CreateRandom(file)
                    : HostKey.CreateFromPassphrase(file, passphrase);
            return new HostDirectory(data, key);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>What is kept; null where no agent was made here yet.</summary>
    /// <exception cref="IOException">It is damaged.</exception>
    public KeptHost? Load() => Load(Disk, StateFile);

    /// <summary>What is kept in a directory that another process may have, and may write to now.</summary>
    /// <param name="path">The directory.</param>
    /// <returns>Null where it holds no agents.</returns>
    /// <exception cref="IOException">It is damaged.</exception>
    public static KeptHost? Peek(string path)
    {
        var folder = Path.Combine(path, Path.GetDirectoryName(StateFile)!);
        for (var tries = 1; Directory.Exists(folder); tries++)
        {
            try
            {
                return Load(new FileDisk(folder), Path.GetFileName(StateFile));
            }
            catch (FileNotFoundException) when (tries < MaxTries)
            {
                // Replaced while it was looked for.
            }
        }

        return null;
    }

    private static KeptHost? Load(IDisk disk, string file)
    {
        if (!disk.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<KeptHost>(SealedFile.Read(disk, file, StateKind));
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{file}: written by another version: {error.Message}", error);
        }
    }

    /// <summary>Replaces what is kept; it is on disk when this returns.</summary>
    /// <param name="host">What to keep.</param>
    /// <exception cref="IOException">The disk failed; what was kept before stands.</exception>
    public void Save(KeptHost host)
    {
        Disk.CreateDirectory("host");
        SealedFile.Write(Disk, StateFile, StateKind, JsonSerializer.SerializeToUtf8Bytes(host));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        hostKey.Dispose();
        data.Dispose();
    }
}
