using System.Text.Json;
using Aitbc.Cli.Output;
using Aitbc.Primitives;

namespace Aitbc.Cli.Drill;

/// <summary>What the processes that share one agent's key are told. Holds no secret.</summary>
/// <param name="Node">Where the node listens; it may be away for a while.</param>
/// <param name="Keys">Directory of the key that they share.</param>
/// <param name="Key">Which key.</param>
/// <param name="Payees">Whom they may pay.</param>
/// <param name="Workloads">Others' workloads, to bid on.</param>
/// <param name="Service">The agent's service.</param>
/// <param name="Blob">A blob that is there.</param>
/// <param name="ValuePerAction">Most value of one action; some acts go one base unit over it.</param>
/// <param name="Seed">Decides what each does, together with its number.</param>
internal sealed record SpendPlan(
    Uri Node,
    string Keys,
    KeyId Key,
    IReadOnlyList<AccountId> Payees,
    IReadOnlyList<WorkloadId> Workloads,
    ServiceId Service,
    Digest Blob,
    TokenAmount ValuePerAction,
    ulong Seed)
{
    /// <summary>Writes it.</summary>
    public void Save(string path) => File.WriteAllText(path, MachineJson.Write(this));

    /// <summary>Reads it.</summary>
    /// <exception cref="CommandFailure">There is no plan.</exception>
    public static SpendPlan Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<SpendPlan>(File.ReadAllText(path), MachineJson.Options)!;
        }
        catch (Exception unread) when (unread is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailure(
                "no_plan", $"{path} holds no plan of a drill: run 'aitbc safety drill', which writes one.");
        }
    }
}

/// <summary>What one process did; added up over all of them.</summary>
internal sealed record SpendTally
{
    /// <summary>Payloads signed.</summary>
    public long Signed { get; init; }

    /// <summary>Times that no answer came and the same bytes were sent again.</summary>
    public long Retries { get; init; }

    /// <summary>Payloads sent again though they were answered.</summary>
    public long Resent { get; init; }

    /// <summary>Payloads sent three times at the same moment.</summary>
    public long Concurrent { get; init; }

    /// <summary>Payloads sent after their time.</summary>
    public long Expired { get; init; }

    /// <summary>Answers that said a payload was handled before.</summary>
    public long Duplicates { get; init; }

    /// <summary>Answers by what they said.</summary>
    public SortedDictionary<string, long> Answers { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Several in one.</summary>
    public static SpendTally Sum(IReadOnlyCollection<SpendTally> all)
    {
        var answers = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (code, count) in all.SelectMany(one => one.Answers))
        {
            answers[code] = answers.GetValueOrDefault(code) + count;
        }

        return new SpendTally
        {
            Signed = all.Sum(one => one.Signed),
            Retries = all.Sum(one => one.Retries),
            Resent = all.Sum(one => one.Resent),
            Concurrent = all.Sum(one => one.Concurrent),
            Expired = all.Sum(one => one.Expired),
            Duplicates = all.Sum(one => one.Duplicates),
            Answers = answers,
        };
    }
}
