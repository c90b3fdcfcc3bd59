using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.Verification;

namespace Aitbc.Infrastructure.Explanation;

/// <summary>What a command or an input of the node asks for, one plain line each, without a full stop.</summary>
internal static class CommandWords
{
    /// <summary>A command in words.</summary>
    public static string Of(Command command, AccountNames names) => command switch
    {
        Transfer it => $"Pay {it.Amount.ToDisplay()} to {names.Of(it.To)}",
        OpenAccount it =>
            $"Open an account for a person with the {Kind(it.Passkey)} {it.Key.Thumbprint()}, and give it "
            + it.Deposit.ToDisplay(),
        RegisterAgent it => OfRegister(it, names),
        AddKey it => $"Add the {Kind(it.Passkey)} {it.Key.Thumbprint()} to the sender's account",
        RevokeKey it => $"Take the key {it.Key} from the sender's account",
        RetireAgent it => $"Retire the agent {names.Of(it.Agent)} for ever",
        DepositStake it => $"Stake {it.Amount.ToDisplay()}",
        WithdrawStake it => $"Take {it.Amount.ToDisplay()} out of the stake",
        DeclareBlob it =>
            $"Declare a blob of {PlainWords.Count((long)it.SizeBytes, "byte")} and pay its rent for "
            + $"{PlainWords.Count(it.Days, "day")}: {it.Digest}",
        _ when command.Kind.IsOversight() => OversightWords.Of(command, names),
        _ => OfMarket(command),
    };

    /// <summary>An input of the node in words.</summary>
    public static string Of(SystemInput input, AccountNames names) => input switch
    {
        Tick => "Time passed: do whatever is due",
        Resumed => "The node is back: market time stood still since the last entry",
        TermBegan => "A new term begins: the journal goes on from a restored backup",
        Beacon it => $"The next beacon value is {it.Value}",
        BidOpenings it =>
            $"Open {PlainWords.Count(it.Openings.Count, "bid")} on {it.Workload} that bidders gave the node"
            + (it.ClientSalt is null ? string.Empty : ", and the client's salt"),
        BlobAvailable it =>
            $"The node holds the {PlainWords.Count((long)it.SizeBytes, "byte")} of blob {it.Digest}",
        MonitorVerdict it => it.Verdict switch
        {
            MonitorVerdictKind.SafeMode => $"The monitor puts {names.Of(it.Agent)} into safe mode: {it.Detector}",
            MonitorVerdictKind.Park => $"The monitor wants a payload of {names.Of(it.Agent)} approved: {it.Detector}",
            _ => $"The monitor, which only watches, finds a payload of {names.Of(it.Agent)} unusual: {it.Detector}",
        },
        Liveness it => it.IsLive
            ? $"The host of {names.Of(it.Agent)} is heard of again"
            : $"The host of {names.Of(it.Agent)} is no longer heard of",
        _ => PlainWords.Of(input.Kind),
    };

    private static string Kind(PasskeyAssertion? passkey) => passkey is null ? "key" : "passkey";

    private static string OfMarket(Command command) => command switch
    {
        ListService it => $"List a service: {OfTerms(it.Terms)}",
        UpdateService it => $"Change {it.Service} to: {OfTerms(it.Terms)}",
        DelistService it => $"Take {it.Service} off the market",
        PostWorkload it => OfPost(it),
        CancelWorkload it => $"Take {it.Workload} back",
        PlaceBid it => $"Place a sealed bid on {it.Workload} with {it.Service}: {it.Commitment}",
        OpenBid it => $"Open the bid on {it.Workload}: {it.Price.ToDisplay()}",
        StartWork it => $"Start the work on {it.Workload}",
        SubmitWork it =>
            $"Deliver {it.Workload} with a declared quality of {PlainWords.Share(it.QualityPpm)}: {it.Result}",
        AcceptWork it => $"Accept the result of {it.Workload} and pay",
        _ => OfVerification(command),
    };

    private static string OfVerification(Command command) => command switch
    {
        SealWork it => $"Seal the result of {it.Workload}, to be shown once validators are bound to theirs: {it.Seal}",
        RevealWork it =>
            $"Show the sealed result of {it.Workload} with a declared quality of {PlainWords.Share(it.QualityPpm)}: "
            + it.Result,
        CommitVerdict it => $"Commit to what validating {it.Workload} gave: {it.Commitment}",
        RevealVerdict it =>
            $"Find the result of {it.Workload} {(it.Agrees ? "right" : "wrong")}; own output {it.Output}",
        _ => CommandNames.NameOf(command.Kind),
    };

    private static string OfValidation(ValidationTerms? it) => it is null
        ? string.Empty
        : $"; checked by {PlainWords.Count(it.Validators, "validator")}, of whom {it.Needed} decide, for "
            + $"{it.Fee.ToDisplay()} each, within a tolerance of {PlainWords.Share(it.TolerancePpm)}";

    private static string OfRegister(RegisterAgent it, AccountNames names)
    {
        var capabilities = it.Capabilities.Count == 0
            ? "no capability"
            : string.Join(", ", it.Capabilities.Select(label => label.ToString()));
        return $"Register an agent ({PlainWords.Of(it.AgentKind)}; {capabilities}; version {it.Version}) with the key "
            + $"{it.Key.Thumbprint()} and {it.Deposit.ToDisplay()}, guarded by "
            + $"{string.Join(", ", it.Guardians.Select(names.Of))} ({it.GuardianThreshold} of them release it), bound"
            + " to " + OversightWords.Of(it.Constitution, names);
    }

    private static string OfTerms(ServiceTerms it) =>
        $"\"{it.Name}\" for {OfLabel(it.Capability)} at {it.PricePerUnit.ToDisplay()} a unit, "
        + $"{PlainWords.Count(it.MaxCapacity, "job")} at once, quality of at least"
        + $" {PlainWords.Share(it.MinAccuracyPpm)}";

    private static string OfPost(PostWorkload it) =>
        $"Post a workload: {PlainWords.Count(it.Units, "unit")} of {OfLabel(it.Capability)} for at most"
            + $" {it.MaxPrice.ToDisplay()}, "
        + $"quality of at least {PlainWords.Share(it.MinQualityPpm)}, job bond {it.JobBond.ToDisplay()}; bids "
        + $"{PlainWords.Span(it.BidWindowMs)}, openings {PlainWords.Span(it.OpenWindowMs)}, work "
        + $"{PlainWords.Span(it.WorkWindowMs)}, acceptance {PlainWords.Span(it.AcceptWindowMs)}; input {it.Input}, "
        + $"specification {it.Spec}{OfValidation(it.Validation)}";

    private static string OfLabel(Label capability) => capability.IsEmpty ? "no capability" : capability.ToString();
}
