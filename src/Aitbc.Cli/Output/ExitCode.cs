namespace Aitbc.Cli.Output;

/// <summary>What the process says to its caller. Zero only on success.</summary>
public static class ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    public const int Ok = 0;

    /// <summary>The command was understood and failed; stderr says why and what to do.</summary>
    public const int Failed = 1;

    /// <summary>The command line was not understood; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C (128 + SIGINT). Source: POSIX shell convention.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by a request to end (128 + SIGTERM). Source: POSIX shell convention.</summary>
    public const int Terminated = 143;

    /// <summary>A service was stopped by the signal that is meant for it: to the shell this is <see cref="Ok"/>.
    /// </summary>
    internal const int StoppedAsAsked = -1;
}
