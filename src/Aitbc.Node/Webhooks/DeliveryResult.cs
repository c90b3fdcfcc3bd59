namespace Aitbc.Node.Webhooks;

/// <summary>What became of one try to deliver a message.</summary>
public enum DeliveryOutcome
{
    /// <summary>The receiver answered 2xx.</summary>
    Delivered,

    /// <summary>The receiver answered something else; a redirect, too, for none is followed.</summary>
    Rejected,

    /// <summary>The receiver did not answer in time.</summary>
    TimedOut,

    /// <summary>Nobody could be connected to, or the connection broke, or its certificate is not to be trusted.
    /// </summary>
    Unreachable,

    /// <summary>The name leads to no address that may be called.</summary>
    Refused,
}

/// <summary>What became of one try to deliver a message.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Status">The receiver's HTTP status; null where it gave none.</param>
public readonly record struct DeliveryResult(DeliveryOutcome Outcome, int? Status);
