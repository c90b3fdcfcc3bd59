using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Protocol;

/// <summary>An account that exists from the start.</summary>
/// <param name="Key">Its first key.</param>
/// <param name="Balance">Base units it begins with.</param>
/// <param name="Council">Whether the person is on the council.</param>
public sealed record GenesisAccount(PublicKey Key, TokenAmount Balance, bool Council);

/// <summary>What a chain begins with. All accounts are people; agents are registered by them.</summary>
/// <param name="Chain">The chain's name.</param>
/// <param name="Supply">All tokens there will ever be, base units; what nobody is given is the treasury's.</param>
/// <param name="CreatedAt">The chain's first instant.</param>
/// <param name="NodeKey">The key that signs blocks.</param>
/// <param name="BeaconCommitment">Head of the beacon's reverse hash chain.</param>
/// <param name="CouncilThreshold">How many of the council release what one of them stopped.</param>
/// <param name="Accounts">1 to 1,000 accounts, 1 to 32 of them council.</param>
/// <param name="Parameters">The chain's figures.</param>
public sealed record Genesis(
    ChainId Chain,
    TokenAmount Supply,
    Timestamp CreatedAt,
    PublicKey NodeKey,
    Digest BeaconCommitment,
    int CouncilThreshold,
    IReadOnlyList<GenesisAccount> Accounts,
    Parameters Parameters)
{
    /// <summary>Most base units a chain may have: 2^100 (1.2 * 10^12 AITBC), so that a price times parts per million
    /// still fits 128 bits wherever scores are compared.</summary>
    public static TokenAmount MaxSupply => TokenAmount.FromBaseUnits(UInt128.One << 100);

    private static Timestamp LastCreatedAt => new(32_503_680_000_000);

    /// <summary>Says all that is wrong with a genesis, in plain sentences; empty where nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        var council = Accounts.Count(account => account.Council);
        if (Supply.IsZero || Supply > MaxSupply)
        {
            problems.Add("supply must be above 0 and at most 2^100 base units.");
        }

        if (Accounts.Count is < 1 or > 1000)
        {
            problems.Add($"accounts must be 1 to 1000, not {Accounts.Count}.");
        }

        if (council is < 1 or > 32)
        {
            problems.Add($"1 to 32 accounts must be council, not {council}.");
        }

        if (CouncilThreshold < 1 || CouncilThreshold > council)
        {
            problems.Add($"councilThreshold must be 1 to {council}, not {CouncilThreshold}.");
        }

        // By prefix, for that is what the index of accounts goes by.
        if (Accounts.Select(account => ((AccountId)account.Key.Thumbprint()).Prefix).Distinct().Count()
            != Accounts.Count)
        {
            problems.Add("two accounts have the same key.");
        }

        var left = Supply;
        foreach (var account in Accounts)
        {
            if (account.Balance > left)
            {
                problems.Add("the accounts' balances are more than the supply.");
                break;
            }

            left -= account.Balance;
        }

        // Far enough from the end of time that no deadline of this chain passes it.
        if (CreatedAt <= Timestamp.Epoch || CreatedAt >= LastCreatedAt)
        {
            problems.Add(
                "createdAt must be after 1970-01-01, for an instant of 0 means never, and before 3000-01-01.");
        }

        problems.AddRange(Parameters.Validate());
        return problems;
    }
}
