using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;

namespace Aitbc.KillTarget;

/// <summary>The process that is killed: opens the chain, and clients pay as fast as they can until it dies.</summary>
internal static class KillClients
{
    /// <summary>First word of a line with an acknowledged payload: sequence, outcome, JWS.</summary>
    public const string Acknowledged = "ack";

    /// <summary>First word of a line that says what went wrong.</summary>
    public const string Wrong = "wrong";

    /// <summary>Runs until killed.</summary>
    public static async Task ServeAsync(string path, ulong seed)
    {
        using var output = Console.OpenStandardOutput();
        try
        {
            using var chain = ChainDirectory.Open(path);
            await using var host = KillChain.Open(chain);
            var payers = Enumerable.Range(0, KillChain.Payers).Select(index => Task.Run(
                () => PayAsync(chain, host, index, new SeededRandom(seed).Fork($"payer/{index}"), output)));
            await Task.WhenAll(payers.Append(TakeSnapshotsAsync(host)));
        }
        catch (Exception error)
        {
            // The process boundary: the parent must hear of it, for it expects nothing but to kill.
            Say(output, $"{Wrong} {error.ToString().ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>One snapshot after the other, so that a kill meets one.</summary>
    private static async Task TakeSnapshotsAsync(LedgerHost host)
    {
        while (true)
        {
            await host.TakeSnapshotAsync(CancellationToken.None);
            await host.View.ChangedAsync();
        }
    }

    private static async Task PayAsync(
        ChainDirectory chain, LedgerHost host, int index, SeededRandom random, Stream output)
    {
        var account = KillChain.Account(chain, index);
        using var key = chain.Keys.Load(chain.Genesis.Accounts[index].Key.Thumbprint());
        var sequence = host.View.Read(state => state.NextSequence(state.FindAccount(account)!.Value, 0));
        while (true)
        {
            // One in eight pays what it does not have: refused, and journalled as that.
            var amount = random.NextInt32(8) == 0 ? TokenAmount.FromTokens(1_000_000) : KillChain.Amount;
            var jws = KillChain.Sign(chain, key, sequence++, amount);
            var result = await SubmitAsync(host, jws);
            if (result.IsDuplicate || result.Outcome is not (Outcome.Applied or Outcome.InsufficientFunds))
            {
                Say(output, $"{Wrong} payload {sequence - 1} of {account} gave {result}");
                return;
            }

            Say(output, $"{Acknowledged} {result.Seq} {(int)result.Outcome} {Encoding.ASCII.GetString(jws)}");
            if (random.NextInt32(8) == 0)
            {
                var again = await SubmitAsync(host, jws);
                if (!again.IsDuplicate || again.Seq != result.Seq || again.Outcome != result.Outcome)
                {
                    Say(output, $"{Wrong} resending {result} gave {again}");
                    return;
                }
            }
        }
    }

    private static Task<SubmitResult> SubmitAsync(LedgerHost host, byte[] jws) =>
        SignedPayload.TryFromJws(jws, out var signed, out var problem)
            ? host.SubmitAsync(signed, CancellationToken.None)
            : throw new InvalidOperationException(problem);

    private static void Say(Stream output, string line)
    {
        var bytes = Encoding.ASCII.GetBytes(line + "\n");
        lock (output)
        {
            output.Write(bytes);
            output.Flush();
        }
    }
}
