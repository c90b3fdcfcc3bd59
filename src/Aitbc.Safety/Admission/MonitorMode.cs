namespace Aitbc.Safety.Admission;

/// <summary>What a node's monitor does.</summary>
public enum MonitorMode
{
    /// <summary>What it finds is parked, or the agent goes into safe mode.</summary>
    Enforce,

    /// <summary>What it finds is audited and told, and nothing follows.</summary>
    Watch,

    /// <summary>It looks at nothing.</summary>
    Off,
}
