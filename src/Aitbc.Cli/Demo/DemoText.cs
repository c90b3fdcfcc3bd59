using System.Globalization;
using Aitbc.Primitives;

namespace Aitbc.Cli.Demo;

/// <summary>Figures as people read them.</summary>
internal static class DemoText
{
    private const uint PpmPerPercent = 10_000;

    /// <summary>Tokens with three decimals, cut.</summary>
    public static string Tokens(TokenAmount amount)
    {
        var thousandths = amount.MulDivDown(1000, TokenAmount.OneToken.BaseUnits).BaseUnits;
        return string.Create(
            CultureInfo.InvariantCulture, $"{(ulong)(thousandths / 1000):N0}.{(ulong)(thousandths % 1000):D3}");
    }

    /// <summary>Parts per million as per cent with one decimal, cut.</summary>
    public static string Percent(uint ppm) => string.Create(
        CultureInfo.InvariantCulture, $"{ppm / PpmPerPercent}.{ppm % PpmPerPercent / (PpmPerPercent / 10)} %");
}
