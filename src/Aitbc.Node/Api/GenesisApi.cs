using System.Buffers;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Protocol.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>What the chain began with, byte for byte: its digest is the hash before the first entry, and it names the
/// key that signs blocks.</summary>
internal static class GenesisApi
{
    public static void Map(IEndpointRouteBuilder v1) =>
        v1.MapGet("/genesis", (LedgerHost ledger) =>
            {
                var bytes = new ArrayBufferWriter<byte>();
                GenesisCodec.Write(ledger.Genesis, bytes);
                return Results.Bytes(bytes.WrittenMemory, "application/json");
            })
            .Require(Role.Reader)
            .Produces<object>()
            .WithSummary("The genesis file.");
}
