using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;

namespace Aitbc.Simulation.Audit;

/// <summary>How far a workload is.</summary>
internal enum WorkStep
{
    Bidding,
    Opening,
    Awarded,
    Running,
    Submitted,
    Sealed,
    Committing,
    Revealing,
    Judging,
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

    /// <summary>Set where validators check the result.</summary>
    public AuditedValidation? Validation { get; set; }
}

/// <summary>What the auditor knows of how a result is checked.</summary>
internal sealed class AuditedValidation(in ValidationAsked asked)
{
    public ValidationAsked Terms { get; } = asked;

    /// <summary>The last service there was at the award.</summary>
    public ulong LastService { get; set; }

    public Digest Seal { get; set; }

    public uint SealedRound { get; set; }

    /// <summary>Entry of the seal.</summary>
    public ulong SealedAt { get; set; }

    public int Postponed { get; set; }

    public Digest Result { get; set; }

    /// <summary>Whom the draw gives; set as the first is drawn.</summary>
    public IReadOnlyList<ServiceId>? Expected { get; set; }

    public List<AuditedSeat> Seats { get; } = [];

    public int Committed => Seats.Count(seat => seat.Commitment is not null);

    public int Agreed => Seats.Count(seat => seat.Agrees is true);

    public int Disagreed => Seats.Count(seat => seat.Agrees is false);

    public AuditedSeat? Find(AccountNumber validator) => Seats.Find(seat => seat.Validator == validator);
}

/// <summary>What the auditor knows of a drawn validator.</summary>
internal sealed class AuditedSeat(in ValidatorDrawn drawn)
{
    public AccountNumber Validator { get; } = drawn.Validator;

    public ServiceId Service { get; } = drawn.Service;

    public Digest? Commitment { get; set; }

    public bool? Agrees { get; set; }

    /// <summary>Set once it is free: how this counts for its record.</summary>
    public SeatRecordMark? Mark { get; set; }
}
