using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Wire;

/// <summary>The commands of the marketplace.</summary>
internal static partial class CommandReader
{
    private static readonly MemberSet ListMembers = new("type", "terms");
    private static readonly MemberSet UpdateMembers = new("type", "service", "terms");
    private static readonly MemberSet TermsMembers = new(
        "name", "capability", "pricePerUnit", "maxCapacity", "modelHash", "minAccuracyPpm", "inputSchema?");

    private static readonly MemberSet ServiceMembers = new("type", "service");
    private static readonly MemberSet WorkloadMembers = new("type", "workload");
    private static readonly MemberSet PostMembers = new(
        "type", "capability", "input", "spec", "maxPrice", "jobBond", "units", "minQualityPpm", "saltHash", "mode",
        "bidWindowMs", "openWindowMs", "workWindowMs", "acceptWindowMs", "validation?");

    private static readonly MemberSet BidMembers = new("type", "workload", "service", "commitment");
    private static readonly MemberSet OpenBidMembers = new("type", "workload", "price", "proposalHash", "salt");
    private static readonly MemberSet SubmitMembers = new("type", "workload", "result", "qualityPpm");

    private static Command? ReadMarket(ref WireReader reader, CommandKind kind, ulong seen) => kind switch
    {
        CommandKind.ListService => ReadListing(ref reader, seen),
        CommandKind.UpdateService => ReadUpdate(ref reader, seen),
        CommandKind.DelistService => new DelistService(ReadOne<ServiceId>(ref reader, ServiceMembers, seen)),
        CommandKind.PostWorkload => ReadPost(ref reader, seen),
        CommandKind.CancelWorkload => new CancelWorkload(ReadOne<WorkloadId>(ref reader, WorkloadMembers, seen)),
        CommandKind.PlaceBid => ReadBid(ref reader, seen),
        CommandKind.OpenBid => ReadOpenBid(ref reader, seen),
        CommandKind.StartWork => new StartWork(ReadOne<WorkloadId>(ref reader, WorkloadMembers, seen)),
        CommandKind.SubmitWork => ReadSubmit(ref reader, seen),
        CommandKind.AcceptWork => new AcceptWork(ReadOne<WorkloadId>(ref reader, WorkloadMembers, seen)),
        _ => ReadVerification(ref reader, kind, seen),
    };

    private static ListService ReadListing(ref WireReader reader, ulong seen)
    {
        ServiceTerms? terms = null;
        while (reader.Next(ListMembers, ref seen, out var member))
        {
            terms = member == 1 ? ReadTerms(ref reader) : terms;
        }

        return new ListService(terms!);
    }

    private static UpdateService ReadUpdate(ref WireReader reader, ulong seen)
    {
        ServiceId service = default;
        ServiceTerms? terms = null;
        while (reader.Next(UpdateMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    service = reader.Text<ServiceId>();
                    break;
                case 2:
                    terms = ReadTerms(ref reader);
                    break;
            }
        }

        return new UpdateService(service, terms!);
    }

    private static ServiceTerms ReadTerms(ref WireReader reader)
    {
        Label name = default;
        Label capability = default;
        TokenAmount pricePerUnit = default;
        uint maxCapacity = 0;
        Digest modelHash = default;
        uint minAccuracyPpm = 0;
        Digest inputSchema = default;
        ulong seen = 0;
        reader.BeginObject();
        while (reader.Next(TermsMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 0:
                    name = reader.Text<Label>();
                    break;
                case 1:
                    capability = reader.Text<Label>();
                    break;
                case 2:
                    pricePerUnit = reader.Text<TokenAmount>();
                    break;
                case 3:
                    maxCapacity = reader.UInt32();
                    break;
                case 4:
                    modelHash = reader.Text<Digest>();
                    break;
                case 5:
                    minAccuracyPpm = reader.UInt32();
                    break;
                default:
                    inputSchema = reader.Text<Digest>();
                    break;
            }
        }

        return new ServiceTerms(
            name, capability, pricePerUnit, maxCapacity, modelHash, minAccuracyPpm, inputSchema);
    }

    private static PostWorkload ReadPost(ref WireReader reader, ulong seen)
    {
        Label capability = default;
        Span<Digest> digests = stackalloc Digest[3];
        Span<TokenAmount> amounts = stackalloc TokenAmount[2];
        Span<uint> numbers = stackalloc uint[6];
        VerificationMode mode = default;
        ValidationTerms? validation = null;
        while (reader.Next(PostMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 0:
                    break;
                case 1:
                    capability = reader.Text<Label>();
                    break;
                case 2 or 3:
                    digests[member - 2] = reader.Text<Digest>();
                    break;
                case 4 or 5:
                    amounts[member - 4] = reader.Text<TokenAmount>();
                    break;
                case 6 or 7:
                    numbers[member - 6] = reader.UInt32();
                    break;
                case 8:
                    digests[2] = reader.Text<Digest>();
                    break;
                case 9:
                    mode = reader.Word(Words.Modes);
                    break;
                case 14:
                    validation = ReadValidation(ref reader);
                    break;
                default:
                    numbers[member - 8] = reader.UInt32();
                    break;
            }
        }

        return new PostWorkload(
            capability,
            digests[0],
            digests[1],
            amounts[0],
            amounts[1],
            numbers[0],
            numbers[1],
            digests[2],
            mode,
            numbers[2],
            numbers[3],
            numbers[4],
            numbers[5],
            validation);
    }

    private static PlaceBid ReadBid(ref WireReader reader, ulong seen)
    {
        WorkloadId workload = default;
        ServiceId service = default;
        Digest commitment = default;
        while (reader.Next(BidMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    workload = reader.Text<WorkloadId>();
                    break;
                case 2:
                    service = reader.Text<ServiceId>();
                    break;
                case 3:
                    commitment = reader.Text<Digest>();
                    break;
            }
        }

        return new PlaceBid(workload, service, commitment);
    }

    private static OpenBid ReadOpenBid(ref WireReader reader, ulong seen)
    {
        WorkloadId workload = default;
        TokenAmount price = default;
        Digest proposalHash = default;
        Digest salt = default;
        while (reader.Next(OpenBidMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    workload = reader.Text<WorkloadId>();
                    break;
                case 2:
                    price = reader.Text<TokenAmount>();
                    break;
                case 3:
                    proposalHash = reader.Text<Digest>();
                    break;
                case 4:
                    salt = reader.Text<Digest>();
                    break;
            }
        }

        return new OpenBid(workload, price, proposalHash, salt);
    }

    private static SubmitWork ReadSubmit(ref WireReader reader, ulong seen)
    {
        WorkloadId workload = default;
        Digest result = default;
        uint qualityPpm = 0;
        while (reader.Next(SubmitMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    workload = reader.Text<WorkloadId>();
                    break;
                case 2:
                    result = reader.Text<Digest>();
                    break;
                case 3:
                    qualityPpm = reader.UInt32();
                    break;
            }
        }

        return new SubmitWork(workload, result, qualityPpm);
    }
}
