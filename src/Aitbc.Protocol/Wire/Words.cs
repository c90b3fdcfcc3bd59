using System.Text.Json;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Wire;

/// <summary>The words that stand for closed lists on the wire.</summary>
internal static class Words
{
    /// <summary>Command types, and action names in a constitution. What DESIGN.md plans beyond them is answered as
    /// not supported, not as nonsense.</summary>
    public static readonly WordTable<CommandKind> Commands = new(
        Enum.GetValues<CommandKind>().Select(kind => (kind, CommandNames.NameOf(kind))),
        "access.", "appeal.", "cover.", "credit.", "delegation.", "dispute.", "order.", "pool.", "proposal.", "vote.");

    /// <summary>Types of system inputs.</summary>
    public static readonly WordTable<SystemInputKind> Inputs = new(
        new[]
        {
            SystemInputKind.Tick, SystemInputKind.Resumed, SystemInputKind.TermBegan, SystemInputKind.Beacon,
            SystemInputKind.BidOpenings, SystemInputKind.BlobAvailable, SystemInputKind.Liveness,
            SystemInputKind.MonitorVerdict,
        }.Select(kind => (kind, Camel(kind.ToString()))),
        "upgrade");

    /// <summary>Kinds of agents.</summary>
    public static readonly WordTable<AgentKind> AgentKinds = Of<AgentKind>();

    /// <summary>Ways a result is checked.</summary>
    public static readonly WordTable<VerificationMode> Modes = Of<VerificationMode>();

    /// <summary>Who may read a blob.</summary>
    public static readonly WordTable<BlobAccess> BlobAccess = Of<BlobAccess>();

    /// <summary>Kinds of rules.</summary>
    public static readonly WordTable<RuleKind> RuleKinds = Of<RuleKind>();

    /// <summary>What an override does.</summary>
    public static readonly WordTable<OverrideEffect> Effects = Of<OverrideEffect>();

    /// <summary>What the monitor says.</summary>
    public static readonly WordTable<MonitorVerdictKind> Verdicts = Of<MonitorVerdictKind>();

    /// <summary>What a stop covers.</summary>
    public static readonly WordTable<StopScope> Scopes = Of<StopScope>();

    /// <summary>A name of C# as it stands on the wire.</summary>
    public static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    private static WordTable<T> Of<T>()
        where T : struct, Enum => new(Enum.GetValues<T>().Select(value => (value, Camel(value.ToString()))));
}
