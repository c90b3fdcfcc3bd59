using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Simulation.Audit;

/// <summary>How far a workload is.</summary>
internal enum WorkStep
{
    Bidding,
    Opening,
    Awarded,
    Running,
    Submitted,
}

/// <summary>What the auditor knows of a bid.</summary>
internal sealed class AuditedBid(in BidPlaced placed)
{
    public BidPlaced Terms { get; } = placed;

    public BigInteger? Price { get; set; }

    /// <summary>Set once it ended without winning: whether its bid bond was forfeited.</summary>
    public bool? IsForfeited { get; set; }
}

/// <summary>What the auditor knows of a service.</summary>
internal sealed class AuditedService(in ServiceListed listed)
{
    public AccountNumber Provider { get; } = listed.Provider;

    public Label Capability { get; } = listed.Capability;

    public ulong Epoch { get; set; } = listed.Epoch;

    public uint Capacity { get; set; } = listed.MaxCapacity;

    public uint MinAccuracyPpm { get; set; } = listed.MinAccuracyPpm;

    public uint Load { get; set; }
}

/// <summary>What the auditor knows of a workload that has not ended.</summary>
internal sealed class AuditedWorkload(in WorkloadPosted posted)
{
    public WorkloadPosted Terms { get; } = posted;

    public WorkStep Step { get; set; }

    /// <summary>Market time, ms.</summary>
    public long DeadlineMs { get; set; } = posted.DeadlineMs;

    public uint ClosedRound { get; set; }

    public int Postponed { get; set; }

    public Digest? Salt { get; set; }

    public Dictionary<AccountNumber, AuditedBid> Bids { get; } = [];

    /// <summary>From the award on.</summary>
    public WorkloadAwarded? Award { get; set; }

    public uint MinQualityPpm { get; set; } = posted.MinQualityPpm;

    public uint QualityPpm { get; set; }
}
