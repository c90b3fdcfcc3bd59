namespace Aitbc.Safety.Monitor;

/// <content>What it remembers, byte for byte, so that a restart forgets nothing.</content>
public sealed partial class SafetyMonitor
{
    /// <summary>Version of the form of what is kept; one more whenever what a window means changes.</summary>
    public const int KeptVersion = 3;

    /// <summary>Writes all that it remembers.</summary>
    /// <param name="target">Takes it.</param>
    public void Save(Stream target)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Write(BitConverter.GetBytes(nowMs));
        agents.Save(target);
        owners.Save(target);
        payees.Save(target);
    }

    /// <summary>Reads what <see cref="Save"/> wrote into a monitor that has seen nothing.</summary>
    /// <param name="source">Gives it.</param>
    /// <returns>False where it is of another form, or has more windows than this one has room for; then this one is of
    /// no use any more.</returns>
    public bool TryLoad(Stream source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Span<byte> time = stackalloc byte[sizeof(long)];
        source.ReadExactly(time);
        nowMs = BitConverter.ToInt64(time);
        return agents.TryLoad(source) && owners.TryLoad(source) && payees.TryLoad(source);
    }
}
