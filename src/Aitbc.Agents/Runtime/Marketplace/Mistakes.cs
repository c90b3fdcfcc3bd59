using System.Text;
using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Primitives;

namespace Aitbc.Agents.Runtime.Marketplace;

/// <summary>
/// What an unreliable provider delivers instead of what it computed: the same lines one place off, as a program with an
/// error in its counting does. Pure but for noting what it is about to deliver.
/// </summary>
internal static class Mistakes
{
    /// <summary>The work as it will be delivered.</summary>
    public static WorkDone Make(Agent agent, Observation seen, WorkDone done)
    {
        if (agent.Memory.Provider!.Slips.GetValueOrDefault(done.Workload.Value) != Slip.Wrong)
        {
            return done;
        }

        var wrong = Shift(done.Outputs[0].Bytes);
        var digest = Digest.Sha256(wrong);
        agent.Memory.Provider.Spoilt.Add(digest);
        return done with { Outputs = [new OutputBlob(digest, wrong, seen.Blobs.GetValueOrDefault(digest))] };
    }

    private static byte[] Shift(ReadOnlyMemory<byte> bytes)
    {
        var lines = Encoding.UTF8.GetString(bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0
            ? bytes.ToArray()
            : Encoding.UTF8.GetBytes(string.Join('\n', lines[1..].Append(lines[0])) + "\n");
    }
}
