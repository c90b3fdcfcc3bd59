using System.Buffers.Text;
using System.Text;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <summary>Receipts whose hashes and signatures are all right, and which are refused for what they say.</summary>
public sealed partial class ForgedReceiptTests
{
    private static readonly Digest Other = Digest.Sha256("other"u8);
    private static readonly WorkloadId Workload = new(7);

    [Fact]
    public void Verify_NothingForged_Holds()
    {
        using var signed = new ForgedReceipt();
        Assert.Null(signed.Verify().Problem);

        using var silent = Silent();
        Assert.Null(silent.Verify().Problem);

        using var simulated = Simulated();
        Assert.Null(simulated.Verify().Problem);

        using var one = OneBlock();
        Assert.Null(one.Verify().Problem);
    }

    [Fact]
    public void Verify_BlockThatIsNone_IsRefused()
    {
        Refuses(ReceiptFault.BadBlock, forged => forged.Edit = it => Settled(it, "a.b.c"));
        Refuses(ReceiptFault.BadBlock, forged => forged.Edit = it => Delivered(it, "é"));
        Refuses(ReceiptFault.BadBlock, forged => forged.Edit = it => Settled(it, forged.SignBlock("{}"u8)));
    }

    [Fact]
    public void Verify_BlockOfAnotherKey_IsRefused()
    {
        Refuses(ReceiptFault.WrongNodeKey, forged => forged.Edit = it => Settled(it, Resigned(forged,
            it.Settlement.Block)));
        Refuses(ReceiptFault.WrongNodeKey, forged => forged.Edit = it => Delivered(it, Resigned(forged,
            it.Delivery.Block)));
        Refuses(ReceiptFault.WrongNodeKey, forged => forged.Edit = it => it with { NodeKey = forged.Client.PublicKey });
    }

    [Fact]
    public void Verify_BlockThatNamesItsKeyAndIsSignedByAnother_IsRefused() =>
        Refuses(ReceiptFault.WrongNodeKey, forged => forged.Edit = it =>
        {
            var real = Parts(it.Settlement.Block);
            var other = Jws.Sign(forged.Client, real.Payload.Span);
            return Settled(it, Encoding.ASCII.GetString((real with { Signature = other.Signature }).ToCompact()));
        });

    [Fact]
    public void Verify_BlockThatNamesAnotherKeyThanItsSigner_IsRefused() =>
        Refuses(ReceiptFault.WrongNodeKey, forged => forged.Edit = it =>
        {
            var header = Base64Url.EncodeToString(Jws.Sign(forged.Client, default).HeaderText.Span);
            var text = $"{header}.{it.Settlement.Block.Split('.')[1]}";
            var signature = new byte[KeyPair.SignatureSize];
            forged.Node.Sign(Encoding.ASCII.GetBytes(text), signature);
            return Settled(it, $"{text}.{Base64Url.EncodeToString(signature)}");
        });

    [Fact]
    public void Verify_BlockOfAnotherChain_IsRefused()
    {
        Refuses(ReceiptFault.WrongChain, forged =>
            forged.SettlementBlock = forged.SettlementBlock with { Chain = "other" });
        Refuses(ReceiptFault.WrongChain, forged =>
            forged.DeliveryBlock = forged.DeliveryBlock with { Chain = "other" });
    }

    [Fact]
    public void Verify_BlocksThatCannotBeOfOneChain_AreRefused()
    {
        Refuses(ReceiptFault.BlocksConflict, forged => forged.DeliveryBlock = forged.DeliveryBlock with { Last = 6 });
        Refuses(ReceiptFault.BlocksConflict, forged => forged.DeliveryBlock = forged.DeliveryBlock with { Height = 2 });
        Refuses(ReceiptFault.BlocksConflict, forged => forged.DeliveryBlock = forged.DeliveryBlock with { Term = 2 });
        Refuses(ReceiptFault.BlocksConflict, forged =>
            forged.DeliveryBlock = forged.DeliveryBlock with { TimeMs = 411 });
    }

    [Fact]
    public void Verify_EntryOutsideItsBlock_IsRefused()
    {
        Refuses(ReceiptFault.OutsideBlock, forged => forged.Settlement = forged.Settlement with { Seq = 13 });
        Refuses(ReceiptFault.OutsideBlock, forged => forged.Settlement = forged.Settlement with { Seq = 5 });
        Refuses(ReceiptFault.OutsideBlock, forged => Deliver(forged, delivery => delivery with { Seq = 6 }));
    }

    [Fact]
    public void Verify_PathOfAnotherPlace_IsRefused()
    {
        Refuses(ReceiptFault.WrongPath, forged => forged.Edit = it => it with
        {
            Settlement = it.Settlement with { Path = [.. it.Settlement.Path, it.Settlement.Path[0]] },
        });
        Refuses(ReceiptFault.WrongPath, forged => forged.Edit = it => it with
        {
            Delivery = it.Delivery with { Path = [.. it.Delivery.Path.Select(step =>
                step with { Left = !step.Left })] },
        });
    }

    [Fact]
    public void Verify_EntryThatIsNotInItsBlock_IsRefused()
    {
        Refuses(ReceiptFault.WrongRoot, forged => forged.Edit = it => it with
        {
            Settlement = it.Settlement with { Entry = it.Settlement.Entry with { Term = 2 } },
        });
        Refuses(ReceiptFault.WrongRoot, forged => forged.Edit = it => it with
        {
            Delivery = it.Delivery with { Entry = it.Delivery.Entry with { Previous = Other } },
        });
        Refuses(ReceiptFault.WrongRoot, forged => forged.Edit = it => it with
        {
            Delivery = it.Delivery with { Payload = new Base64UrlBytes("{}"u8.ToArray()) },
        });
        Refuses(ReceiptFault.WrongRoot, forged => forged.Edit = it => it with
        {
            Settlement = it.Settlement with { Events = default },
        });
    }

    [Fact]
    public void Verify_EventsThatAreNone_AreRefused()
    {
        Refuses(ReceiptFault.BadEvents, forged => forged.Events = Ending(forged)[..^1]);
        Refuses(ReceiptFault.BadEvents, forged => forged.Events = [.. Ending(forged), 1, 2, 3]);
        Refuses(ReceiptFault.BadEvents, forged => forged.Events =
            [.. Ending(forged), .. ForgedReceipt.EventOf(EventKind.WorkloadEnded, 1)]);
    }

    [Fact]
    public void Verify_EventsThatDoNotEndItOnce_AreRefused()
    {
        Refuses(ReceiptFault.NoEnding, forged => forged.Events = []);
        Refuses(ReceiptFault.NoEnding, forged => forged.Events = [.. Ending(forged), .. Ending(forged)]);
        Refuses(ReceiptFault.NoEnding, forged => forged.Edit = it => it with { Workload = new WorkloadId(8) });
    }

    [Fact]
    public void Verify_OtherWorkloadsInTheSameEntry_DoNotDisturb()
    {
        using var forged = new ForgedReceipt();
        var neighbour = forged.Ended with { Workload = new WorkloadId(8), Paid = TokenAmount.OneToken };
        forged.Events = [.. ForgedReceipt.EventOf(EventKind.WorkloadEnded, neighbour), .. Ending(forged)];

        Assert.Null(forged.Verify().Problem);
    }

    private static readonly Dictionary<string, Func<Receipt, Receipt>> Edits = new()
    {
        ["ending"] = it => it with { Ending = WorkloadEnding.ClientSilent },
        ["client"] = it => it with { Client = it.Provider },
        ["provider"] = it => it with { Provider = it.Client },
        ["service"] = it => it with { Service = new ServiceId(3) },
        ["capability"] = it => it with { Capability = Label.Parse("data.curate") },
        ["units"] = it => it with { Units = 11 },
        ["minQualityPpm"] = it => it with { MinQualityPpm = 1 },
        ["qualityPpm"] = it => it with { QualityPpm = 990_000 },
        ["postedAtMs"] = it => it with { PostedAtMs = new Timestamp(101) },
        ["awardedAtMs"] = it => it with { AwardedAtMs = new Timestamp(201) },
        ["submittedAtMs"] = it => it with { SubmittedAtMs = new Timestamp(301) },
        ["input"] = it => it with { Input = Other },
        ["spec"] = it => it with { Spec = Other },
        ["result"] = it => it with { Result = Other },
        ["maxPrice"] = it => it with { MaxPrice = TokenAmount.FromTokens(101) },
        ["paid"] = it => it with { Paid = TokenAmount.FromTokens(41) },
    };

    public static TheoryData<string> EditNames() => [.. Edits.Keys];

    [Theory]
    [MemberData(nameof(EditNames))]
    public void Verify_MemberThatTheEventContradicts_IsRefusedByName(string member)
    {
        var report = Refuses(ReceiptFault.FieldMismatch, forged => forged.Edit = Edits[member]);

        Assert.Contains($"member {member} ", report.Problem);
    }

    [Fact]
    public void Verify_DeliveryThatWasNotTheSettledOne_IsRefused() =>
        Refuses(ReceiptFault.FieldMismatch, forged => forged.Ended = forged.Ended with { SubmittedSeq = 4 });

    [Theory]
    [InlineData(WorkloadEnding.Cancelled)]
    [InlineData(WorkloadEnding.NoBids)]
    [InlineData(WorkloadEnding.NoEligibleBid)]
    [InlineData(WorkloadEnding.ClientStopped)]
    [InlineData(WorkloadEnding.ProviderMissing)]
    [InlineData(WorkloadEnding.BelowQuality)]
    public void Verify_EndingWithoutPay_IsRefused(WorkloadEnding ending) =>
        Refuses(ReceiptFault.NotPaid, forged => forged.Ended = forged.Ended with { Ending = ending });

    private static readonly Dictionary<string, Action<ForgedReceipt>> Lies = new()
    {
        ["paid nothing"] = it => it.Ended = it.Ended with { Paid = TokenAmount.Zero },
        ["paid too much"] = it => it.Ended = it.Ended with { Paid = TokenAmount.FromTokens(101) },
        ["below quality"] = it => Declare(it, 899_999),
        ["above all quality"] = it => Declare(it, 1_000_001),
        ["no units"] = it => it.Ended = it.Ended with { Units = 0 },
        ["posted after award"] = it => it.Ended = it.Ended with { PostedAtMs = 201 },
        ["awarded after delivery"] = it => it.Ended = it.Ended with { AwardedAtMs = 301 },
        ["delivered at another time"] = it => it.Ended = it.Ended with { SubmittedAtMs = 299 },
        ["settled before delivery"] = it => it.Settlement = it.Settlement with { TimeMs = 299 },
        ["settled in an earlier term"] = it =>
        {
            (it.DeliveryBlock, it.SettlementBlock) =
                (it.DeliveryBlock with { Term = 2 }, it.SettlementBlock with { Term = 2 });
            it.Delivery = it.Delivery with { Term = 2 };
        },
        ["settlement younger than its block"] = it => it.Settlement = it.Settlement with { TimeMs = 411 },
        ["delivery younger than its block"] = it => it.DeliveryBlock = it.DeliveryBlock with { TimeMs = 299 },
        ["settlement of a later term than its block"] = it => it.Settlement = it.Settlement with { Term = 2 },
        ["delivery of a later term than its block"] = it =>
        {
            it.Delivery = it.Delivery with { Term = 2 };
            it.Settlement = it.Settlement with { Term = 2 };
            it.SettlementBlock = it.SettlementBlock with { Term = 2 };
        },
        ["settlement refused"] = it => it.Settlement = it.Settlement with { Outcome = Outcome.WrongPhase },
        ["accepted by the node"] = it => it.Settlement = it.Settlement with { Body = BodyKind.Input },
        ["accepted without proof"] = it => it.Settlement = it.Settlement with { Proof = 0 },
    };

    public static TheoryData<string> LieNames() => [.. Lies.Keys];

    [Theory]
    [MemberData(nameof(LieNames))]
    public void Verify_WhatTheProtocolDoesNotAllow_IsRefused(string lie) =>
        Refuses(ReceiptFault.AgainstTheRules, Lies[lie]);

    [Fact]
    public void Verify_SettlementBeforeItsDeliveryInOneBlock_IsRefused()
    {
        using var forged = OneBlock();
        forged.Settlement = forged.Settlement with { Seq = 2 };

        Assert.Equal(ReceiptFault.AgainstTheRules, forged.Verify().Fault);
    }

    [Fact]
    public void Verify_SilenceEndedByAClientsEntry_IsRefused()
    {
        using var forged = Silent();
        forged.Settlement = forged.Settlement with { Body = BodyKind.Payload };
        Assert.Equal(ReceiptFault.AgainstTheRules, forged.Verify().Fault);

        using var proven = Silent();
        proven.Settlement = proven.Settlement with { Proof = 1 };
        Assert.Equal(ReceiptFault.AgainstTheRules, proven.Verify().Fault);
    }

    [Fact]
    public void Verify_DeliveryThatIsNoPayload_IsRefused()
    {
        Refuses(ReceiptFault.BadDelivery, forged => forged.Payload = "{}"u8.ToArray());
        Refuses(ReceiptFault.BadDelivery, forged => forged.PayloadChain = "other");
        Refuses(ReceiptFault.BadDelivery, forged => forged.Sign = parts => parts with { Signature = new byte[63] });
        Refuses(ReceiptFault.BadDelivery, forged => forged.Sign = parts =>
            parts with
            {
                HeaderText = Encoding.ASCII.GetBytes($"{{\"alg\":\"none\",\"kid\":\"{forged.Provider.Id}\"}}"),
            });
    }

    [Fact]
    public void Verify_DeliveryOfSomebodyElse_IsRefused() =>
        Refuses(ReceiptFault.NotTheProviders, forged => forged.From = (AccountId)forged.Client.Id);

    [Fact]
    public void Verify_DeliveryOfSomethingElse_IsRefused()
    {
        var result = Digest.Sha256("result"u8);
        Refuses(ReceiptFault.NotThisResult, forged => forged.Commands = [new SubmitWork(Workload, Other, 950_000)]);
        Refuses(ReceiptFault.NotThisResult, forged => forged.Commands = [new SubmitWork(Workload, result, 949_999)]);
        Refuses(
            ReceiptFault.NotThisResult,
            forged => forged.Commands = [new SubmitWork(new WorkloadId(8), result, 950_000)]);
        Refuses(ReceiptFault.NotThisResult, forged => forged.Commands = [new StartWork(Workload)]);
        Refuses(ReceiptFault.NotThisResult, forged => forged.Commands = [forged.Commands[0], forged.Commands[0]]);
    }

    [Fact]
    public void Verify_DeliveryAmongOtherCommands_Holds()
    {
        using var forged = new ForgedReceipt();
        forged.Commands = [new StartWork(Workload), forged.Commands[0], new SubmitWork(new WorkloadId(8), Other, 1)];

        Assert.Null(forged.Verify().Problem);
    }

    [Fact]
    public void Verify_SecondSignatureOfTheSamePayload_IsRefused() =>
        Refuses(ReceiptFault.WrongProof, forged => forged.Edit = it => it with
        {
            Delivery = it.Delivery with
            {
                Signature = new Base64UrlBytes(Jws.Sign(forged.Provider, it.Delivery.Payload.Span).Signature),
            },
        });

    [Fact]
    public void Verify_EntryOfAnotherKindOfProof_IsRefused() =>
        Refuses(ReceiptFault.WrongProof, forged => forged.Delivery = forged.Delivery with { Proof = 3 });

    [Fact]
    public void Verify_DeliveryWithoutEffect_IsRefused()
    {
        Refuses(
            ReceiptFault.WrongDelivery,
            forged => forged.Delivery = forged.Delivery with { Outcome = Outcome.BlobMissing });
        Refuses(ReceiptFault.WrongDelivery, forged => forged.Delivery = forged.Delivery with { Body = BodyKind.Input });
    }

    [Fact]
    public void Verify_UnsignedDeliveryOnARealChain_IsRefused()
    {
        using var forged = new ForgedReceipt { Simulated = true };
        forged.Delivery = forged.Delivery with { Proof = 3 };

        Assert.Equal(ReceiptFault.NotSigned, forged.Verify().Fault);
    }

    [Fact]
    public void Verify_KeyThatIsNotTheSigners_IsRefused()
    {
        Refuses(ReceiptFault.WrongKey, forged => forged.Edit = it => it with
        {
            Delivery = it.Delivery with { Key = forged.Client.PublicKey },
        });
        Refuses(ReceiptFault.WrongKey, forged => forged.Edit = it => it with
        {
            Delivery = it.Delivery with { Key = null },
        });
        using var simulated = Simulated();
        simulated.Edit = it => it with { Delivery = it.Delivery with { Key = simulated.Provider.PublicKey } };
        Assert.Equal(ReceiptFault.WrongKey, simulated.Verify().Fault);
        simulated.Edit = it => it with { Delivery = it.Delivery with { Signature = default(Base64UrlBytes) } };
        Assert.Equal(ReceiptFault.WrongKey, simulated.Verify().Fault);
    }

    [Fact]
    public void Verify_SignatureOfAnotherKeyUnderTheProvidersName_IsRefused() =>
        Refuses(ReceiptFault.BadSignature, forged => forged.Sign = parts => parts with
        {
            Signature = Jws.Sign(forged.Client, parts.Payload.Span).Signature,
        });

    [Fact]
    public void Verify_VersionThatIsNotKnown_IsRefused() =>
        Refuses(ReceiptFault.UnknownVersion, forged => forged.Edit = it => it with { Version = 1 });
}
