using System.Security.Cryptography;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>A small simulated chain for bytes to be thrown at.</summary>
internal sealed class WireWorld
{
    public const int People = 6;

    private readonly EventBuffer events = new();
    private Timestamp now = new(1_764_000_000_000);

    public WireWorld()
    {
        Ledger = new Ledger(new LedgerState(GenesisOf("sim:wire")));
        Ledger.ApplyGenesis(Digest.Sha256("genesis"u8), events);
    }

    public Ledger Ledger { get; }

    public Timestamp Now => now;

    public static Genesis GenesisOf(string chain) => new(
        new ChainId(chain),
        TokenAmount.FromTokens(1_000_000),
        new Timestamp(1_764_000_000_000),
        KeyOf("node"),
        Digest.Sha256(BeaconValue.AsSpan()),
        2,
        [.. Enumerable.Range(0, People).Select(
            i => new GenesisAccount(KeyOf($"person/{i}"), TokenAmount.FromTokens(100_000), i < 3))],
        new Parameters { PayloadsPerMinute = 60_000_000, BlobRentPerKiBDay = TokenAmount.FromBaseUnits(1) });

    /// <summary>The first preimage of the beacon.</summary>
    public static Digest BeaconValue => Digest.Sha256("beacon"u8);

    /// <summary>A key that is a point of the curve, the same for the same name.</summary>
    public static PublicKey KeyOf(string name)
    {
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = SHA256.HashData(Encoding.UTF8.GetBytes(name)),
        });
        var point = ecdsa.ExportParameters(false).Q;
        return PublicKey.From(point.X, point.Y);
    }

    public static AccountId IdOf(string name) => (AccountId)KeyOf(name).Thumbprint();

    /// <summary>Applies a body at the next place, after whatever is due.</summary>
    public (ApplyResult Result, byte[] Events) Apply(EntryBody body, long laterMs = 1)
    {
        now += new Duration(laterMs);
        var applied = ApplyOnce(body);
        while (applied.Result.Outcome == Outcome.DueFirst)
        {
            ApplyOnce(new Tick());
            applied = ApplyOnce(body);
        }

        return applied;
    }

    /// <summary>All tokens that accounts hold.</summary>
    public TokenAmount Total()
    {
        var sum = TokenAmount.Zero;
        for (var slot = 0; slot < Ledger.State.Accounts.Count; slot++)
        {
            sum += Ledger.State.Accounts[slot].Total;
        }

        return sum;
    }

    private (ApplyResult Result, byte[] Events) ApplyOnce(EntryBody body)
    {
        events.Clear();
        ref readonly var globals = ref Ledger.State.Globals;
        var header = new EntryHeader(globals.Seq + 1, Math.Max(1, globals.Term), now);
        var result = Ledger.Apply(header, body, events);
        return (result, events.Bytes.ToArray());
    }
}
