namespace Aitbc.Protocol.Accounts;

/// <summary>
/// The account rate limit as a generic cell rate algorithm: one instant an account instead of a window of counts. A
/// burst of one minute's allowance, then the steady rate. Source: ITU-T I.371.
/// </summary>
internal static class RateLimit
{
    private const long MinuteUs = 60_000_000;

    /// <summary>Whether one more payload is within the allowance.</summary>
    public static bool Allows(in AccountRecord account, long nowMs, Parameters parameters) =>
        account.RateWholeAtUs - (nowMs * 1000) <= MinuteUs - (MinuteUs / parameters.PayloadsPerMinute);

    /// <summary>Counts one payload.</summary>
    public static void Count(ref AccountRecord account, long nowMs, Parameters parameters) =>
        account.RateWholeAtUs = Math.Max(account.RateWholeAtUs, nowMs * 1000)
            + (MinuteUs / parameters.PayloadsPerMinute);
}
