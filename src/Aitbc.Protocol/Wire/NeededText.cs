using Aitbc.Primitives;

namespace Aitbc.Protocol.Wire;

/// <summary>The text forms of values, in words, for whoever sent another.</summary>
internal static class NeededText
{
    /// <summary>What a text must be, as the end of a sentence.</summary>
    public static string Of<T>()
        where T : struct, ITextValue<T>
    {
        if (typeof(T) == typeof(TokenAmount))
        {
            return "base units as a string of digits without leading zero, below 2^127";
        }

        if (typeof(T) == typeof(WorkloadId))
        {
            return "a workload's id, such as \"w42\"";
        }

        if (typeof(T) == typeof(ServiceId))
        {
            return "a service's id, such as \"s7\"";
        }

        if (typeof(T) == typeof(ApprovalId))
        {
            return "an approval's id, such as \"a42\"";
        }

        if (typeof(T) == typeof(MotionId))
        {
            return "a motion's id, such as \"m7\"";
        }

        if (typeof(T) == typeof(OverrideId))
        {
            return "an override's id, such as \"o7\"";
        }

        return typeof(T) == typeof(Label)
            ? "a string of up to 32 characters of a-z, 0-9, dot, underscore and minus"
            : "base64url of 32 bytes, 43 characters";
    }
}
