using System.Net;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Wire;

namespace Aitbc.Node.Witness;

/// <summary>The node's history is not what it had signed before, or somebody else answers in its name.</summary>
/// <param name="finding">What was found.</param>
/// <param name="height">The block's height.</param>
/// <param name="message">In a plain sentence.</param>
/// <param name="kept">The head that was kept; null for none.</param>
/// <param name="shown">What was shown now; null for nothing.</param>
public sealed class WitnessAlarmException(
    WitnessFinding finding, ulong height, string message, string? kept, string? shown) : Exception(message)
{
    /// <summary>What was found.</summary>
    public WitnessFinding Finding { get; } = finding;

    /// <summary>The block's height.</summary>
    public ulong Height { get; } = height;

    /// <summary>The head that was kept; null for none.</summary>
    public string? Kept { get; } = kept;

    /// <summary>What was shown now; null for nothing.</summary>
    public string? Shown { get; } = shown;

    /// <summary>The file with the proof; empty until it was written.</summary>
    public string ProofFile { get; internal set; } = string.Empty;
}

/// <summary>The node did not answer for as long as a witness waits.</summary>
/// <param name="message">In a plain sentence.</param>
/// <param name="cause">The last failure.</param>
public sealed class NodeAwayException(string message, Exception cause) : Exception(message, cause);

/// <summary>How a witness follows. Immutable.</summary>
public sealed record WitnessOptions
{
    /// <summary>Time between two looks. Default 2 s.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a node may be away before the witness gives up. Default 1 h.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether to end once everything is kept. Default false.</summary>
    public bool Once { get; init; }

    /// <summary>Told how many heads are kept, and the term of the last, whenever that has changed.</summary>
    public Action<ulong, uint>? Progress { get; init; }
}

/// <summary>
/// Follows a node's signed heads over HTTP, keeps and co-signs them, and stops at the first that contradicts what it
/// kept. What it keeps, the node cannot take back. Serves nothing. Source: DESIGN.md section 5.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class HeadWitness : IDisposable
{
    private const int PageSize = 1_000;
    private const int MaxGenesisBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(30);

    private readonly HttpClient node;
    private readonly WitnessFiles files;
    private readonly TimeProvider time;
    private HeadCheck? check;
    private Digest genesisDigest;
    private CheckedHead? last;

    /// <summary>A witness of a node.</summary>
    /// <param name="node">Calls the node; its base address is the node's, its headers hold the token.</param>
    /// <param name="files">What was kept.</param>
    /// <param name="time">The clock of pauses.</param>
    public HeadWitness(HttpClient node, WitnessFiles files, TimeProvider time) =>
        (this.node, this.files, this.time) = (node, files, time);

    /// <summary>Heads that are kept.</summary>
    public ulong Height => last?.Header.Height ?? 0;

    /// <summary>Follows until told to stop.</summary>
    /// <exception cref="WitnessAlarmException">Something is wrong; the proof was kept.</exception>
    /// <exception cref="NodeAwayException">The node was away for too long.</exception>
    public async Task RunAsync(WitnessOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (since, pause) = (time.GetTimestamp(), options.Every);
        while (true)
        {
            try
            {
                await CatchUpAsync(options, cancellationToken).ConfigureAwait(false);
                if (options.Once)
                {
                    return;
                }

                (since, pause) = (time.GetTimestamp(), options.Every);
            }
            catch (WitnessAlarmException alarm)
            {
                alarm.ProofFile = files.KeepProof(alarm);
                throw;
            }
            catch (Exception away) when (IsAway(away, cancellationToken))
            {
                if (time.GetElapsedTime(since) >= options.GiveUpAfter)
                {
                    throw new NodeAwayException(
                        $"The node at {node.BaseAddress} has not answered for {options.GiveUpAfter}: {away.Message}",
                        away);
                }

                pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => check?.Dispose();

    private static bool IsAway(Exception failure, CancellationToken asked) =>
        failure is HttpRequestException or JsonException
        || (failure is OperationCanceledException && !asked.IsCancellationRequested);

    private async Task CatchUpAsync(WitnessOptions options, CancellationToken stop)
    {
        await BeginAsync(stop).ConfigureAwait(false);
        var chain = await JsonAsync("v1/chain", stop).ConfigureAwait(false);
        if (chain.GetProperty("genesis").GetString() != $"{genesisDigest}")
        {
            throw new WitnessAlarmException(
                WitnessFinding.OtherChain, 0, "The node shows another chain than the one that was begun with.",
                $"{genesisDigest}", chain.GetRawText());
        }

        await CompareLastAsync(chain, stop).ConfigureAwait(false);
        int count;
        do
        {
            var page = await BlocksAsync((last?.Header.LastSeq ?? 0) + 1, stop).ConfigureAwait(false);
            count = page.Count;
            foreach (var compact in page)
            {
                Take(compact);
            }

            if (count > 0)
            {
                options.Progress?.Invoke(Height, last!.Header.Term);
            }
        }
        while (count == PageSize);
    }

    /// <summary>At the first contact, what the chain began with is kept: all that follows is measured by it.</summary>
    private async Task BeginAsync(CancellationToken stop)
    {
        if (check is not null)
        {
            return;
        }

        if (files.LoadGenesis() is null)
        {
            var bytes = await node.GetByteArrayAsync(new Uri("v1/genesis", UriKind.Relative), stop)
                .ConfigureAwait(false);
            if (bytes.Length > MaxGenesisBytes || GenesisCodec.TryParse(bytes, out _, out _).Count > 0)
            {
                throw new WitnessAlarmException(
                    WitnessFinding.Forged, 0, "What the node shows as its genesis is none.", null, null);
            }

            files.KeepGenesis(bytes);
        }

        var (genesis, digest) = files.LoadGenesis()!.Value;
        genesisDigest = digest;
        var fresh = new HeadCheck(genesis, digest);
        last = files.OpenHeads(fresh);
        check = fresh;
    }

    private void Take(string compact)
    {
        var head = Read(compact);
        if (!check!.Follows(last, head))
        {
            throw new WitnessAlarmException(
                WitnessFinding.Rewritten,
                head.Header.Height,
                $"The node signed block {head.Header.Height} of term {head.Header.Term}, which does not go on from"
                    + $" block {Height} that it had signed.",
                last?.Compact,
                compact);
        }

        files.Keep(head);
        last = head;
    }

    /// <summary>The node must still have the last head that was kept.</summary>
    private async Task CompareLastAsync(JsonElement chain, CancellationToken stop)
    {
        if (last is null)
        {
            return;
        }

        if (chain.GetProperty("seq").GetUInt64() < last.Header.LastSeq
            || await ShownAsync(last, stop).ConfigureAwait(false) is not { } shown
            || shown.Digest != last.Digest)
        {
            await FindForkAsync(chain, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Finds the first kept block that the node no longer has, or has otherwise.</summary>
    private async Task FindForkAsync(JsonElement chain, CancellationToken stop)
    {
        var seq = chain.GetProperty("seq").GetUInt64();
        var (same, other, conflict) = (0UL, Height, (CheckedHead?)null);
        while (same < other)
        {
            var middle = same + ((other - same) / 2) + 1;
            var kept = Read(files.HeadAt(middle));
            var shown = seq < kept.Header.FirstSeq ? null : await ShownAsync(kept, stop).ConfigureAwait(false);
            if (shown?.Digest == kept.Digest)
            {
                same = middle;
            }
            else
            {
                (other, conflict) = (middle - 1, shown);
            }
        }

        var lost = files.HeadAt(same + 1);
        var term = chain.GetProperty("term").GetUInt32();
        throw conflict is not null && conflict.Header.Height == same + 1
            ? new WitnessAlarmException(
                WitnessFinding.Equivocation,
                same + 1,
                $"The node signed two blocks of height {same + 1}; it is in term {term}, the kept one is of term"
                    + $" {Read(lost).Header.Term}.",
                lost,
                conflict.Compact)
            : new WitnessAlarmException(
                WitnessFinding.Shortened,
                same + 1,
                $"The node signed {Height} blocks and shows {same} of them; it is in term {term}.",
                lost,
                chain.GetRawText());
    }

    /// <summary>The node's block that holds the first entry of a kept one; null where there is none.</summary>
    private async Task<CheckedHead?> ShownAsync(CheckedHead kept, CancellationToken stop) =>
        await BlocksAsync(kept.Header.FirstSeq, stop, 1).ConfigureAwait(false) is [var compact, ..]
            ? Read(compact)
            : null;

    private CheckedHead Read(string compact) => check!.Read(compact) ?? throw new WitnessAlarmException(
        WitnessFinding.Forged,
        Height + 1,
        "Somebody answered in the node's name with a head that the node did not sign.",
        last?.Compact,
        compact);

    private async Task<List<string>> BlocksAsync(ulong from, CancellationToken stop, int limit = PageSize)
    {
        var json = await JsonAsync($"v1/blocks?from={from}&limit={limit}", stop).ConfigureAwait(false);
        return json.ValueKind == JsonValueKind.Array
            ? [.. json.EnumerateArray().Select(block => block.GetProperty("jws").GetString()!)]
            : throw new JsonException("The answer is no list of blocks.");
    }

    private async Task<JsonElement> JsonAsync(string path, CancellationToken stop)
    {
        using var response = await node.GetAsync(new Uri(path, UriKind.Relative), stop).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new UnauthorizedAccessException("The node wants a token that may read: set AITBC_TOKEN");
        }

        response.EnsureSuccessStatusCode();
        var bytes = await response.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false);
        return JsonDocument.Parse(bytes).RootElement;
    }
}
