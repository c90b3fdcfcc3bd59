using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Storage;
using Aitbc.Protocol.Accounts;
using Aitbc.Safety.Audit;

namespace Aitbc.Safety.Tests;

public sealed class AuditFileTests
{
    private const string First = "audit/actions-000001.log";

    [Fact]
    public async Task Everything_signed_or_refused_stands_in_the_file()
    {
        await using var world = new GatewayFixture();
        await world.DoAsync(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));
        world.Gateway.Review(GatewayFixture.Propose(world.Owner, new Transfer(world.Owner.Id, TokenAmount.OneToken)));

        var lines = Lines(world);

        Assert.Equal(["begun", "signed", "refused"], lines.Select(line => line.GetProperty("what").GetString()));
        Assert.Equal(world.Sent[^1].Payload.PayloadDigest.ToString(), lines[1].GetProperty("digest").GetString());
        Assert.Equal("transfer", lines[1].GetProperty("acts")[0].GetString());
        Assert.Equal(nameof(Outcome.BadAmount), lines[2].GetProperty("outcome").GetString());
        Assert.Equal(nameof(SafetyCheck.Act), lines[2].GetProperty("check").GetString());
        Assert.Equal([1, 2, 3], lines.Select(line => line.GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task The_line_is_on_disk_before_the_ledger_hears_of_the_payload()
    {
        await using var world = new GatewayFixture();
        var wasThere = false;
        world.Submit = (payload, token) =>
        {
            wasThere = world.AuditText().Contains($"{payload.Payload.PayloadDigest}", StringComparison.Ordinal);
            return world.Ledger.SubmitAsync(payload, token);
        };

        await world.DoAsync(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));

        Assert.True(wasThere);
    }

    [Fact]
    public async Task Audit_failure_stops_the_effect_for_good()
    {
        // The write of the line fails, then its flush.
        for (var operation = 1; operation <= 2; operation++)
        {
            await using var world = new GatewayFixture();
            var action = GatewayFixture.Propose(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));
            world.Disk.FailAtOperation = world.Disk.Operations + operation;

            await Assert.ThrowsAnyAsync<IOException>(() => world.Gateway.ActAsync(action, CancellationToken.None));
            await Assert.ThrowsAnyAsync<IOException>(() => world.Gateway.ActAsync(action, CancellationToken.None));

            Assert.Empty(world.Sent);
        }
    }

    [Fact]
    public async Task Audit_failure_stops_a_delivery_too()
    {
        await using var world = new GatewayFixture();
        var gateway = new SafetyGateway(world.Ledger, world.Audit, world.Clock, new GatewayOptions());
        gateway.Enrol(AgentSigner.ForSimulation(world.Owner.Id));
        var bytes = Encoding.UTF8.GetBytes("a blob");
        await world.DoAsync(world.Owner, new Protocol.Blobs.DeclareBlob(Digest.Sha256(bytes), 6, 1));
        world.Disk.FailAtOperation = world.Disk.Operations + 1;

        await Assert.ThrowsAnyAsync<IOException>(
            () => gateway.DeliverAsync(new BlobDelivery(world.Owner.Id, bytes), CancellationToken.None));

        Assert.False(world.Ledger.TryGetBlob(Digest.Sha256(bytes), out _));
    }

    [Fact]
    public async Task Any_changed_byte_is_found_with_its_place()
    {
        await using var world = new GatewayFixture();
        await world.DoAsync(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));
        await world.DoAsync(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));
        Assert.Empty(AuditCheck.CheckFile(world.Disk, First));
        var text = world.AuditText();
        for (var at = 0; at < text.Length; at++)
        {
            var disk = Copy(world.Disk, First, text.Length, at);
            var problem = Assert.Single(AuditCheck.CheckFile(disk, First));
            Assert.Equal(StorageProblemKind.Damage, problem.Kind);
            var lineStart = text.LastIndexOf('\n', Math.Max(0, at - 1)) + 1;
            Assert.True(
                problem.Offset >= lineStart || at == 0 || text[at] == '\n',
                $"the change at {at} was placed at {problem.Offset}");
        }
    }

    [Fact]
    public async Task A_torn_end_is_left_behind_and_the_chain_goes_on()
    {
        await using var world = new GatewayFixture();
        await world.DoAsync(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));
        var text = world.AuditText();
        var secondLine = text.IndexOf('\n', StringComparison.Ordinal) + 1;
        for (var length = 0; length < text.Length; length++)
        {
            var disk = Copy(world.Disk, First, length, null);
            using (var audit = AuditFile.Open(disk, world.Clock.Now))
            {
                Assert.Equal(length < secondLine ? 1UL : 2UL, audit.Lines);
            }

            using (var again = AuditFile.Open(disk, world.Clock.Now))
            {
                Assert.Equal(length < secondLine ? 2UL : 3UL, again.Lines);
            }

            Assert.All(
                AuditCheck.FilesOf(disk, AuditSeries.Actions).SelectMany(file => AuditCheck.CheckFile(disk, file)),
                problem => Assert.Equal(StorageProblemKind.Notice, problem.Kind));
        }
    }

    [Fact]
    public async Task Open_AfterDamage_IsRefused()
    {
        await using var world = new GatewayFixture();
        await world.DoAsync(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));
        var disk = Copy(world.Disk, First, world.AuditText().Length, 30);

        Assert.Throws<StorageDamagedException>(() => AuditFile.Open(disk, world.Clock.Now));
    }

    [Fact]
    public async Task A_file_taken_out_of_the_middle_is_noticed()
    {
        await using var world = new GatewayFixture();
        var disk = Copy(world.Disk, First, world.AuditText().Length, null);
        AuditFile.Open(disk, world.Clock.Now).Dispose();
        AuditFile.Open(disk, world.Clock.Now).Dispose();
        Assert.Empty(AuditCheck.CheckFile(disk, "audit/actions-000003.log"));

        disk.Delete("audit/actions-000002.log");

        Assert.Single(AuditCheck.CheckFile(disk, "audit/actions-000003.log"));
    }

    private static List<JsonElement> Lines(GatewayFixture world) =>
    [
        .. world.AuditText().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement),
    ];

    /// <summary>A disk with one file cut to a length, and one bit of it flipped.</summary>
    private static FaultyDisk Copy(FaultyDisk source, string name, int length, int? flipped)
    {
        var bytes = new byte[length];
        using (var file = source.OpenRead(name))
        {
            file.Read(0, bytes);
        }

        if (flipped is { } at)
        {
            bytes[at] ^= 4;
        }

        var disk = new FaultyDisk(1);
        disk.CreateDirectory(AuditSeries.Actions.Directory);
        using var copy = disk.Create(name);
        copy.Write(0, bytes);
        copy.Flush();
        disk.SyncDirectory(AuditSeries.Actions.Directory);
        return disk;
    }
}
