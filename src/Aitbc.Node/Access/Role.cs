namespace Aitbc.Node.Access;

/// <summary>What a request may do at this node; each role includes those before it. Who commands on the ledger, a
/// signature says, never this.</summary>
public enum Role
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reads; an auditor's role, too: there is nothing to read beyond it.</summary>
    Reader = 1,

    /// <summary>Sends signed commands, too.</summary>
    Agent = 2,

    /// <summary>Runs the node: the dashboard's session.</summary>
    Operator = 3,
}
