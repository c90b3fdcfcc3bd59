using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Admission;

/// <summary>A finding in the form in which the journal has it: the detector's label is its name in small letters, and
/// ends in <c>.owner</c> where it is about all agents of an owner.</summary>
public static class JournalledFinding
{
    private const string OfOwner = ".owner";

    private static readonly Dictionary<Label, (Detector Detector, MonitorSubject Subject)> Known =
        Enum.GetValues<Detector>().Where(one => one != Detector.None)
            .SelectMany(one => Enum.GetValues<MonitorSubject>().Select(subject => (one, subject)))
            .ToDictionary(pair => LabelOf(pair.one, pair.subject));

    /// <summary>A finding as the input that is journalled before the payload it judges.</summary>
    /// <param name="finding">What was found; it does not pass.</param>
    /// <param name="payload">What was judged.</param>
    /// <param name="isEnforced">Whether anything follows.</param>
    public static MonitorVerdict ToInput(in MonitorFinding finding, ClientPayload payload, bool isEnforced)
    {
        ArgumentNullException.ThrowIfNull(payload);
        var isSafeMode = finding.Verdict == MonitorLevel.SafeMode;
        var verdict = isEnforced
            ? isSafeMode ? MonitorVerdictKind.SafeMode : MonitorVerdictKind.Park
            : isSafeMode ? MonitorVerdictKind.WouldSafeMode : MonitorVerdictKind.WouldPark;
        return new MonitorVerdict(
            payload.From,
            payload.PayloadDigest,
            verdict,
            LabelOf(finding.Detector, finding.Subject),
            TokenAmount.FromBaseUnits(finding.Observed),
            TokenAmount.FromBaseUnits(finding.Limit));
    }

    /// <summary>What a journalled verdict found.</summary>
    /// <returns>Null where its detector is none of these: another release's, or none at all.</returns>
    public static MonitorFinding? Read(in MonitorJudged judged) => Known.TryGetValue(judged.Detector, out var found)
        ? new MonitorFinding(
            IsSafeMode(judged.Verdict) ? MonitorLevel.SafeMode : MonitorLevel.Park,
            found.Detector,
            found.Subject,
            judged.Observed.BaseUnits,
            judged.Limit.BaseUnits)
        : null;

    /// <summary>Whether a verdict is about safe mode, whether or not it follows.</summary>
    public static bool IsSafeMode(MonitorVerdictKind verdict) =>
        verdict is MonitorVerdictKind.SafeMode or MonitorVerdictKind.WouldSafeMode;

    private static Label LabelOf(Detector detector, MonitorSubject subject) => Label.Parse(
        detector.ToString().ToLowerInvariant() + (subject == MonitorSubject.Owner ? OfOwner : string.Empty));
}
