using System.Diagnostics;

namespace Aitbc.Infrastructure.Ledger;

/// <content>Larger groups where many ask: waking two threads and syncing costs the processor some 80 us a group, which
/// a few requests a group feel. Whoever asks alone never waits for this.</content>
internal sealed partial class Sequencer
{
    private const int PauseFrom = 2;
    private const int PauseOn = 4;

    private long takenAt;
    private bool pausing;
    private bool pauseNext;
    private bool wasPaused;

    /// <summary>Sleeps, under the gate, until a pause since the last taking is over; requests wake nobody
    /// meanwhile.</summary>
    /// <returns>Whether it slept: then all is to be looked at again.</returns>
    private bool Pause()
    {
        if (!pauseNext || stopping || urgent.Count > 0)
        {
            return false;
        }

        var left = options.GroupPause.Ms - (long)Stopwatch.GetElapsedTime(takenAt).TotalMilliseconds;
        if (left <= 0)
        {
            return false;
        }

        (pausing, wasPaused) = (true, true);
        Monitor.Wait(gate, (int)left);
        pausing = false;
        return true;
    }

    /// <summary>Makes a group durable on the writer's own thread: what comes meanwhile gathers for the next one, as it
    /// would in the pause, and the flusher need not be woken.</summary>
    /// <returns>False where nobody gathers, or the flusher is still at the group before.</returns>
    private bool FlushHere(EntryGroup group)
    {
        lock (gate)
        {
            if (!pauseNext || !flushIdle || ready is not null)
            {
                return false;
            }
        }

        Finish(group);
        return true;
    }

    private void NoteTaken(int requests)
    {
        takenAt = Stopwatch.GetTimestamp();
        pauseNext = options.GroupPause.Ms > 0 && requests >= (wasPaused ? PauseOn : PauseFrom);
        wasPaused = false;
    }
}
