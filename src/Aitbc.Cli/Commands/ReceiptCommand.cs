using System.CommandLine;
using System.Text.Json;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Primitives;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc receipt</c>: receipts, checked with nothing else at hand.</summary>
public static class ReceiptCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) => new ExampleCommand(
        "receipt",
        "Checks receipts of paid work.",
        "aitbc receipt verify ./aitbc-data/receipts/w1.json")
    {
        Verify(output),
    };

    private static ExampleCommand Verify(OutputOptions output)
    {
        var file = new Argument<string>("FILE") { Description = "The receipt." };
        var nodeKey = new Option<string?>("--node-key")
        {
            Description = "The node key that must have signed it, by its thumbprint. Default: the one that it names.",
            HelpName = "THUMBPRINT",
        };
        nodeKey.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !KeyId.TryParse(token.Value, out _))
            {
                result.AddError("--node-key must be a key's thumbprint, 43 characters of base64url");
            }
        });
        var command = new ExampleCommand(
            "verify",
            "Checks a receipt's hashes and signatures, and says what it proves and what it does not.",
            "aitbc receipt verify ./aitbc-data/receipts/w1.json",
            "aitbc receipt verify w1.json --node-key Ps03qxv0mQ4b9zxGk1tQ2nq8b0dJm3lZ5c7Xv9aHf0E --json")
        {
            file, nodeKey,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(file),
            parsed.GetValue(nodeKey) is { } text ? KeyId.Parse(text) : null,
            output.Open(parsed)));
        return command;
    }

    private static int Run(string path, KeyId? nodeKey, CommandOutput output)
    {
        var report = ReceiptVerifier.Verify(Read(path), nodeKey);
        if (report.Receipt is not { } receipt || !report.Ok)
        {
            var code = $"receipt_{JsonNamingPolicy.SnakeCaseLower.ConvertName(report.Fault.ToString())}";
            return output.Fail(code, $"{path} is refused: {report.Problem}");
        }

        return output.Result(ReceiptFacts.Of(receipt, report), people => Show(people, receipt, report));
    }

    /// <summary>The file, or as much of it as shows that it is too large.</summary>
    private static byte[] Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandFailure("not_found", $"There is no file {path}: name a receipt.");
        }

        using var file = File.OpenRead(path);
        var bytes = new byte[Math.Min(file.Length, ReceiptJson.MaxBytes + 1)];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static void Show(CommandOutput people, Receipt receipt, ReceiptReport report)
    {
        people.Table(
            ["receipt", $"{receipt.Workload} on chain {receipt.Chain}"],
            [
                ["ending", receipt.Ending.ToString()],
                ["paid", $"{receipt.Paid.ToDisplay()} (at most {receipt.MaxPrice.ToDisplay()})"],
                ["work", $"{receipt.Units} units of {receipt.Capability}, with {receipt.Service}"],
                ["quality", $"{Ratio.FromPpm(receipt.QualityPpm).ToDisplay()} declared, "
                    + $"{Ratio.FromPpm(receipt.MinQualityPpm).ToDisplay()} promised"],
                ["client", receipt.Client.ToString()],
                ["provider", receipt.Provider.ToString()],
                ["input", receipt.Input.ToString()],
                ["specification", receipt.Spec.ToString()],
                ["result", receipt.Result.ToString()],
                ["posted", receipt.PostedAtMs.ToString()],
                ["awarded", receipt.AwardedAtMs.ToString()],
                ["delivered", $"{receipt.SubmittedAtMs}, entry {receipt.Delivery.Entry.Seq}"],
                ["settled", $"{receipt.Settlement.Entry.TimeMs}, entry {receipt.Settlement.Entry.Seq}"],
                ["node key", $"{report.NodeKey}{(report.IsNodeKeyPinned ? ", as asked" : string.Empty)}"],
            ]);
        people.Line("Proven:");
        foreach (var sentence in report.Proven)
        {
            people.Line($"  + {sentence}");
        }

        people.Line("Not proven:");
        foreach (var sentence in report.NotProven)
        {
            people.Line($"  - {sentence}");
        }

        people.Line("The receipt holds.");
    }

    private sealed record ReceiptFacts(
        bool Ok,
        WorkloadId Workload,
        ChainId Chain,
        string Ending,
        AccountId Client,
        AccountId Provider,
        TokenAmount Paid,
        TokenAmount MaxPrice,
        uint Units,
        Label Capability,
        uint QualityPpm,
        Digest Result,
        ulong DeliverySeq,
        ulong SettlementSeq,
        Timestamp SettledAtMs,
        KeyId? NodeKey,
        bool NodeKeyPinned,
        bool ProviderSigned,
        IReadOnlyList<string> Proven,
        IReadOnlyList<string> NotProven)
    {
        public static ReceiptFacts Of(Receipt receipt, ReceiptReport report) => new(
            report.Ok,
            receipt.Workload,
            receipt.Chain,
            JsonNamingPolicy.CamelCase.ConvertName(receipt.Ending.ToString()),
            receipt.Client,
            receipt.Provider,
            receipt.Paid,
            receipt.MaxPrice,
            receipt.Units,
            receipt.Capability,
            receipt.QualityPpm,
            receipt.Result,
            receipt.Delivery.Entry.Seq,
            receipt.Settlement.Entry.Seq,
            receipt.Settlement.Entry.TimeMs,
            report.NodeKey,
            report.IsNodeKeyPinned,
            report.IsProviderSigned,
            report.Proven,
            report.NotProven);
    }
}
