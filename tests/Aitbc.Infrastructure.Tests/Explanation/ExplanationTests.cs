using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Tests.Storage;
using Aitbc.Protocol;
using Aitbc.Protocol.Events;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Explanation;

/// <summary>Every entry of anything that can happen is explained in plain words.</summary>
public sealed class ExplanationTests
{
    private const int Steps = 1_500;

    public static TheoryData<Outcome> Refusals =>
        [.. Enum.GetValues<Outcome>().Where(outcome => outcome != Outcome.Applied && outcome.IsJournalled())];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void RuleWords_OfEveryJournalledRefusal_StateTheRuleAndNotItsName(Outcome outcome)
    {
        var rule = RuleWords.Of(outcome);

        Assert.Null(PlainLine.FaultOf(rule));
        Assert.NotEqual(PlainWords.Of(outcome), rule);
        Assert.InRange(rule.Length, 20, 200);
        Assert.True(char.IsAsciiLetterLower(rule[0]) && !rule.EndsWith('.'), rule);
    }

    [Fact]
    public void RuleWords_AreDifferentForEveryRefusal()
    {
        var doubled = Enum.GetValues<Outcome>()
            .Where(outcome => outcome != Outcome.Applied && outcome.IsJournalled())
            .GroupBy(RuleWords.Of)
            .Where(group => group.Count() > 1);
        Assert.Empty(doubled.Select(group => string.Join(", ", group)));
    }

    [Fact]
    public async Task Explain_OfEveryEntryOfARandomEconomy_IsPlain()
    {
        using var temporary = new TemporaryDirectory();
        var economy = new RandomEconomy(3);
        economy.Run(Steps);
        await EconomyJournal.WriteAsync(economy, temporary.Root);
        var (refusals, events, kinds) = (new HashSet<string>(), new HashSet<string>(), new HashSet<string>());
        var faults = new List<string>();
        foreach (var made in economy.Chain.Journal.Skip(1))
        {
            var seq = made.Header.Seq;
            var it = EntryExplainer.Explain(temporary.Root, seq, CancellationToken.None);
            var isRefused = made.Result.Outcome is not (Outcome.Applied or Outcome.Parked);
            Assert.Equal(isRefused ? (int?)made.Result.Outcome : null, it.Refusal?.Code);
            refusals.UnionWith(it.Refusal is { } refusal ? [refusal.Outcome] : []);
            events.UnionWith(it.Events.Select(part => part.Type));
            kinds.UnionWith(it.Asked.Select(part => part.Type));
            faults.AddRange(Lines(it).Select(PlainLine.FaultOf).OfType<string>().Select(
                fault => $"entry {seq} of {economy.Where}: {fault}"));
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults.Take(20)));
        Assert.True(refusals.Count >= 12, $"only {refusals.Count} kinds of refusals: {string.Join(" ", refusals)}");
        Assert.True(events.Count >= 20, $"only {events.Count} kinds of events: {string.Join(" ", events)}");
        Assert.True(kinds.Count >= 20, $"only {kinds.Count} kinds of commands: {string.Join(" ", kinds)}");
    }

    [Fact]
    public void EventCatalog_HoldsEveryKind() =>
        Assert.Equal(Enum.GetValues<EventKind>().Order(), EventCatalog.All.Select(pair => pair.Key).Order());

    private static IEnumerable<string> Lines(EntryExplanation it) =>
    [
        it.By, it.Outcome, it.Refusal?.Rule ?? "none", it.Refusal?.Detail ?? "none",
        .. it.Asked.Select(part => part.Words),
        .. it.Events.Select(part => part.Words),
        .. it.Accounts.Select(account => account.What),
    ];
}
