using System.Text;
using Aitbc.Cli.Commands;
using Aitbc.Infrastructure.Verification;
using Aitbc.Primitives;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Aitbc.Workloads;
using Aitbc.Workloads.Schemas;

namespace Aitbc.Cli.Threats;

/// <summary>ASI04: what comes from others is not what it was named: data, services, schemas, and a whole chain that
/// was given as a backup.</summary>
internal static class SupplyChain
{
    public static async Task RunAsync(ThreatRun run)
    {
        var field = run.Field;
        var provider = await field.RegisterAsync(field.Terms with
        {
            AllowedActions = [CommandKind.DepositStake, CommandKind.ListService],
        }).ConfigureAwait(false);
        await run.WorksAsync(field.Sign(provider, new DepositStake(TokenAmount.FromTokens(10)))).ConfigureAwait(false);
        await run.WorksAsync(field.Sign(provider, Market.Service())).ConfigureAwait(false);
        await TryBlobsAsync(run).ConfigureAwait(false);
        await TryServiceAsync(run).ConfigureAwait(false);
        TryInputs(run);
        TrySchemas(run);
        await TryChainAsync(run).ConfigureAwait(false);
    }

    /// <summary>Other bytes under a digest that was declared.</summary>
    private static async Task TryBlobsAsync(ThreatRun run)
    {
        var field = run.Field;
        var bytes = Encoding.UTF8.GetBytes(new string('m', 1_000));
        var digest = Digest.Sha256(bytes);
        await run.WorksAsync(field.Sign(field.Owner, new DeclareBlob(digest, (ulong)bytes.Length, 2)))
            .ConfigureAwait(false);
        for (var i = 0; i < 40; i++)
        {
            var altered = (byte[])bytes.Clone();
            altered[i * 25] ^= (byte)(1 << (i % 8));
            await field.Ledger.PutBlobAsync(field.Attacker.Id, altered, CancellationToken.None).ConfigureAwait(false);
            run.Count("other bytes under a declared digest", field.Ledger.TryGetBlob(digest, out _));
        }

        await field.Ledger.PutBlobAsync(field.Owner.Id, bytes, CancellationToken.None).ConfigureAwait(false);
        run.Count("the right bytes are not given back", !field.Ledger.TryGetBlob(digest, out var kept)
            || !kept.Span.SequenceEqual(bytes));
    }

    private static async Task TryServiceAsync(ThreatRun run)
    {
        var field = run.Field;
        var service = new ServiceId(1);
        var accomplice = await run.AccompliceAsync().ConfigureAwait(false);
        for (ulong price = 1; price <= 10; price++)
        {
            var terms = Market.Service().Terms with { PricePerUnit = TokenAmount.FromTokens(price) };
            await run.TryAsync(
                    "change somebody else's service", field.Sign(accomplice, new UpdateService(service, terms)))
                .ConfigureAwait(false);
        }

        await run.TryAsync("take it off the market", field.Sign(accomplice, new DelistService(service)))
            .ConfigureAwait(false);
    }

    /// <summary>A provider that gets other bytes than the spec names does not work on them.</summary>
    private static void TryInputs(ThreatRun run)
    {
        var table = Encoding.UTF8.GetBytes(string.Concat(
            Enumerable.Range(0, 40).Select(i => $"{i}.5,{i % 7},{i % 2}\n")));
        var digest = Digest.Sha256(table);
        var spec = Encoding.UTF8.GetBytes($$"""{"capability":"data.curate","version":1,"source":"{{digest}}"}""");
        WorkloadOutcome Curate(byte[] bytes) => WorkloadRunner.Run(
            WorkloadCapabilities.DataCurate, spec, asked => asked == digest ? bytes : null, CancellationToken.None);
        run.Count($"the right bytes are not worked on: {Curate(table)}", Curate(table) is not WorkloadResult);
        for (var i = 0; i < 40; i++)
        {
            var altered = (byte[])table.Clone();
            altered[i * 5 % altered.Length] ^= 1;
            run.Count("work on data that is not what the spec names", Curate(altered) is WorkloadResult);
        }
    }

    /// <summary>A service's schema is somebody else's text, and is asked of every input.</summary>
    private static void TrySchemas(ThreatRun run)
    {
        string[] hostile =
        [
            """{"$ref":"http://attacker.example/schema"}""",
            """{"$ref":"#"}""",
            """{"type":"string","pattern":"^(a+)+$"}""",
            """{"properties":{"a":{"$dynamicRef":"#x"}}}""",
            string.Concat(Enumerable.Repeat("""{"items":""", 5_000)) + "{}" + new string('}', 5_000),
            """{"type":"object","required":[""" + string.Join(',', Enumerable.Repeat("\"a\"", 100_000)) + "]}",
            "[[[[", "", "\u0000", """{"type":"process"}""", """{"type":"integer","minimum":1e400}""",
        ];
        foreach (var text in hostile)
        {
            run.Count(
                "a schema that fetches, loops or never ends",
                InputSchema.TryRead(Encoding.UTF8.GetBytes(text), out _, out _));
        }
    }

    /// <summary>A copy of the whole chain with one bit changed, in a place of its own each time.</summary>
    private static async Task TryChainAsync(ThreatRun run)
    {
        var field = run.Field;
        await field.Ledger.TakeSnapshotAsync(CancellationToken.None).ConfigureAwait(false);
        var honest = await field.EndAsync(CancellationToken.None).ConfigureAwait(false);
        if (!honest.Ok)
        {
            throw new InvalidOperationException("The chain is damaged before anybody changed it.");
        }

        var copy = $"{field.Path}-copy";
        foreach (var file in Directory.EnumerateFiles(field.Path, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(field.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        foreach (var (file, at) in Places(copy))
        {
            Flip(file, at);
            var report = await ChainVerifier.RunAsync(copy, ChainHold.OwnedFiles, null, CancellationToken.None)
                .ConfigureAwait(false);
            run.Count($"a bit of {Path.GetRelativePath(copy, file)} changed unseen", report.Ok);
            Flip(file, at);
        }

        Directory.Delete(copy, recursive: true);
    }

    /// <summary>What binds: the genesis, the journal as far as it is written, the snapshot.</summary>
    private static IEnumerable<(string File, long At)> Places(string copy)
    {
        var bound = new[] { "journal", "snapshots" }
            .Select(name => Path.Combine(copy, name))
            .Where(Directory.Exists)
            .SelectMany(directory => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            .Append(Path.Combine(copy, Infrastructure.Storage.DataDirectory.GenesisFile));
        foreach (var file in bound)
        {
            var written = File.ReadAllBytes(file).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
            for (var i = 0; i < 8 && written > 0; i++)
            {
                yield return (file, (long)written * i / 8);
            }
        }
    }

    private static void Flip(string file, long at)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = at;
        var was = stream.ReadByte();
        stream.Position = at;
        stream.WriteByte((byte)(was ^ 1));
    }
}
