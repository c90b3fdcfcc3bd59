using Aitbc.Primitives;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Aitbc.Simulation.Hosting;

namespace Aitbc.Cli.Threats;

/// <summary>ASI06: what an agent remembers, or goes by, is changed behind its back: its memory on disk, and the record
/// of those it may trust.</summary>
internal static class MemoryPoisoning
{
    private const string StateFile = "host/agents.sealed";

    public static async Task RunAsync(ThreatRun run)
    {
        TryMemory(run);
        await TryRecordAsync(run).ConfigureAwait(false);
    }

    /// <summary>A bit, a cut and a foreign text in the file that an agent's host keeps.</summary>
    private static void TryMemory(ThreatRun run)
    {
        var path = $"{run.Field.Path}-host";
        using (var host = HostDirectory.Open(path))
        {
            var memory = HostedAgent.Make(HostedKind.Data, () => throw new InvalidOperationException()).NewMemory();
            host.Save(new KeptHost(
                run.Field.Ledger.GenesisDigest,
                run.Field.Owner.Id,
                [new HostedAgent("mine", HostedKind.Data, run.Field.Owner.Id, Digest.Sha256([1]), memory)]));
        }

        var file = Path.Combine(path, StateFile);
        var honest = File.ReadAllBytes(file);
        run.Count("the memory that nobody changed is not read", !Reads(path));
        for (var i = 0; i < 64; i++)
        {
            var altered = (byte[])honest.Clone();
            altered[(long)i * honest.Length / 64] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(file, altered);
            run.Count("a changed bit of an agent's memory is believed", Reads(path));
        }

        for (var i = 1; i <= 16; i++)
        {
            File.WriteAllBytes(file, honest[..^i]);
            run.Count("a cut memory is believed", Reads(path));
            File.WriteAllBytes(file, [.. honest, .. new byte[i]]);
            run.Count("a memory that was added to is believed", Reads(path));
        }

        Directory.Delete(path, recursive: true);
    }

    private static bool Reads(string path)
    {
        try
        {
            return HostDirectory.Peek(path) is not null;
        }
        catch (IOException)
        {
            return false;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>A record is made of jobs that somebody else paid for: who orders from itself makes none.</summary>
    private static async Task TryRecordAsync(ThreatRun run)
    {
        var field = run.Field;
        var blob = "praise"u8.ToArray();
        var digest = Digest.Sha256(blob);
        var thief = await run.AccompliceAsync().ConfigureAwait(false);
        await run.WorksAsync(field.Sign(thief, new Protocol.Blobs.DeclareBlob(digest, (ulong)blob.Length, 2)))
            .ConfigureAwait(false);
        await field.Ledger.PutBlobAsync(thief.Id, blob, CancellationToken.None).ConfigureAwait(false);
        await run.WorksAsync(field.Sign(thief, Market.Order(digest, 5))).ConfigureAwait(false);
        for (ulong price = 1; price <= 5; price++)
        {
            await run.TryAsync("work for itself", field.Sign(thief, Market.Bid(thief, price))).ConfigureAwait(false);
        }

        foreach (var command in new Protocol.Entries.Command[]
                 {
                     new StartWork(Market.First), new SubmitWork(Market.First, digest, 1_000_000),
                     new AcceptWork(Market.First), new OpenBid(Market.First, TokenAmount.OneToken, default, digest),
                 })
        {
            await run.TryAsync("end a job that nobody won", field.Sign(thief, command)).ConfigureAwait(false);
        }
    }
}
