using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Tests.Invariants;

/// <summary>What holds of approvals, motions, overrides and safe mode in long random economies, told by a model that
/// reads payloads and events and never asks the rules.</summary>
public sealed class OversightInvariants
{
    private const int Steps = 4_000;

    private static readonly Lazy<OversightModel[]> Models = new(() => [.. new ulong[] { 231, 232, 233 }.Select(Run)]);

    [Fact]
    public void Invariant_I23_AnApprovalCarriesOutTheBytesItWasBoundToAndAtMostOnce() =>
        Assert_Holds(23, "parked", "ended Granted", "handled Applied", "an action that needed a person");

    [Fact]
    public void Invariant_I24_WhatWaitsIsReservedAndComesBackWhole() =>
        Assert_Holds(24, "ended Granted", "ended Denied", "ended Expired", "ended Void");

    [Fact]
    public void Invariant_I25_WhatIsDeniedNeverTakesEffectWhileTheDenialStands() =>
        Assert_Holds(25, $"override {OverrideEffect.Deny}");

    [Fact]
    public void Invariant_I26_AnAllowanceLetsNoMoreThanItsCapPassAndNothingPastAHardLimit() =>
        Assert_Holds(26, $"override {OverrideEffect.Allow}", "override used");

    [Fact]
    public void Invariant_I27_BoundsLoosenOnlyByEnoughGuardiansAndAfterTheDelay() =>
        Assert_Holds(27, "tightened", "loosened", "guardians changed");

    [Fact]
    public void Invariant_I28_InSafeModeAnAgentsExposureNeverGrows() =>
        Assert_Holds(28, "safe mode", "refused in safe mode", "released");

    private static void Assert_Holds(int invariant, params string[] seen)
    {
        foreach (var what in seen)
        {
            Assert.True(Models.Value.Sum(one => one.Seen.GetValueOrDefault(what)) > 0, $"{what} never came about");
        }

        var broken = Models.Value.SelectMany(one => one.Broken)
            .Where(one => one.StartsWith($"I{invariant} ", StringComparison.Ordinal)).ToList();
        Assert.True(broken.Count == 0, $"{broken.Count}\n{string.Join('\n', broken.Take(8))}");
    }

    private static OversightModel Run(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        var model = new OversightModel(economy);
        economy.Chain.Journalled += model.Take;
        economy.Run(Steps);
        return model;
    }
}
