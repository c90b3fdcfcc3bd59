using System.Security.Cryptography;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Workloads.Classifiers;
using Aitbc.Workloads.Csv;
using Aitbc.Workloads.Specs;
using Aitbc.Workloads.Traces;

namespace Aitbc.Workloads.Tests;

/// <summary>
/// 20,000 damaged inputs of each kind of parser together: none may throw, what is refused must be explained in plain
/// characters, and what is accepted must keep the promises of its type.
/// </summary>
public sealed class MutationFuzzTests
{
    private const ulong Seed = 20_261_120;

    private static readonly string[] s_pieces =
    [
        "NaN", "inf", "-", "1e999", "1e-999", "\0", "\"", "\"\"", ",", ";", "\t", "\n", "\r\n", "\uFEFF", "\u202E",
        "\u001b[0m", "99999999999999999999", "-1", "0", "{", "}", "[", "\\ud800", "\\u0000", ":", "null", "true", "é",
        "label", "1.5", "  ",
    ];

    [Fact]
    public void Tables_10000_mutations()
    {
        byte[][] originals =
        [
            Head(RepositoryData.Digits, 12), Head(RepositoryData.BreastCancer, 12),
            Jobs.Bytes("a,b,label\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n"), Jobs.Bytes("1;2;0\n3;4;1\n\"5\";6;0\n7;8;1\n"),
        ];
        ForEach(10_000, originals, (input, random) =>
        {
            var labels = (CsvLabelColumn)(1 + random.NextInt32(3));
            Check(CsvReader.TryRead(input, labels, out var strict, out var error), strict, error);
            Check(CsvReader.TryReadGoodRows(input, labels, out var lenient, out error), lenient, error);
            // A row that one reading takes and the other drops would be a fault of either.
            if (strict is not null) Assert.Equal(strict.RowCount, lenient!.RowCount);
            if (random.NextInt32(4) == 0) CheckOutcome(Jobs.Curate(input));
            if (random.NextInt32(16) != 0) return;
            CheckOutcome(Jobs.Train(input, spec => spec with { Epochs = 1, HiddenSize = 2 }));
        });
    }

    [Fact]
    public void Traces_2000_mutations() =>
        ForEach(2_000, [Head(RepositoryData.Requests, 12), Jobs.Bytes("0.5,1,2\n1e1,3,4\n")], (input, _) =>
        {
            if (!DemandTrace.TryRead(input, out var trace, out var error))
            {
                Assert.DoesNotContain(error.Sentence, char.IsControl);
                return;
            }

            Assert.NotEmpty(trace.Requests);
            var previous = 0L;
            foreach (var request in trace.Requests)
            {
                Assert.InRange(request.OffsetMicroseconds, previous, DemandTrace.MaxOffsetSeconds * 1_000_000);
                Assert.InRange(request.PrefillTokens, 0, DemandTrace.MaxTokens);
                Assert.InRange(request.DecodeTokens, 0, DemandTrace.MaxTokens);
                previous = request.OffsetMicroseconds;
            }
        });

    [Fact]
    public void Specs_4000_mutations()
    {
        var blob = Digest.Sha256("blob"u8);
        byte[][] originals =
        [
            new CurateSpec(blob).ToBytes(), new TrainSpec(blob).ToBytes(), new InferSpec(blob, blob).ToBytes(),
        ];
        ForEach(4_000, originals, (input, random) =>
        {
            if (CurateSpec.TryRead(input, out var curate, out var error))
            {
                Assert.True(CurateSpec.TryRead(curate.ToBytes(), out var again, out string? _));
                Assert.Equal(curate, again);
            }

            Assert.DoesNotContain(error ?? "", char.IsControl);
            if (TrainSpec.TryRead(input, out var train, out error))
            {
                Assert.True(TrainSpec.TryRead(train.ToBytes(), out var again, out string? _));
                Assert.Equal(train, again);
            }

            Assert.DoesNotContain(error ?? "", char.IsControl);
            if (InferSpec.TryRead(input, out var infer, out error))
            {
                Assert.True(InferSpec.TryRead(infer.ToBytes(), out var again, out string? _));
                Assert.Equal(infer, again);
            }

            Assert.DoesNotContain(error ?? "", char.IsControl);
        });
    }

    [Fact]
    public void Models_4000_mutations()
    {
        var rows = Jobs.Bytes("1,2\n-5,1e9\n0,0\n");
        byte[] table = Jobs.Bytes("1,5,a\n2,5,a\n3,6,a\n11,7,b\n12,8,b\n13,7,b\n");
        byte[][] originals =
        [
            Jobs.Result(Jobs.Train(table, spec => spec with { HiddenSize = 3 })).Primary.Bytes.ToArray(),
            Jobs.Result(Jobs.Train(table, spec => spec with { Kind = ClassifierKind.Softmax })).Primary.Bytes.ToArray(),
        ];
        var accepted = 0;
        ForEach(4_000, originals, (input, random) =>
        {
            // Most carry a right checksum, or it would be all that is ever tested.
            var forge = input.Length > 32 && random.NextInt32(8) != 0;
            if (forge) SHA256.HashData(input.AsSpan(0, input.Length - 32), input.AsSpan(input.Length - 32));
            if (ClassifierModel.TryRead(input, out var model, out var error))
            {
                accepted++;
                Assert.Equal(input, model.ToBytes());
            }
            else
            {
                Assert.DoesNotContain(error, char.IsControl);
            }

            CheckOutcome(Jobs.Infer(input, rows));
        });
        Assert.True(accepted > 100, $"Only {accepted} forged models got past the checks; more must be tested.");
    }

    private static void Check(bool isRead, CsvTable? table, CsvError? error)
    {
        Assert.Equal(isRead, error is null);
        if (!isRead)
        {
            Assert.NotEmpty(error!.Sentence);
            Assert.DoesNotContain(error.Sentence, char.IsControl);
            return;
        }

        Assert.Equal(table!.Layout.Rows, table.RowCount + table.Dropped.Total);
        for (var row = 0; row < table.RowCount; row++)
        {
            Assert.InRange(table.ClassOf(row), table.Classes.Count == 0 ? -1 : 0, table.Classes.Count - 1);
            foreach (var value in table.Features(row))
            {
                Assert.InRange(value, -CsvLimits.MaxMagnitude, CsvLimits.MaxMagnitude);
            }
        }
    }

    private static void CheckOutcome(WorkloadOutcome outcome)
    {
        if (outcome is WorkloadFailure failure)
        {
            Assert.NotEmpty(failure.Sentence);
            Assert.DoesNotContain(failure.Sentence, char.IsControl);
            return;
        }

        var result = Assert.IsType<WorkloadResult>(outcome);
        Assert.InRange(result.QualityPpm ?? 0, 0u, 1_000_000u);
        Assert.NotEqual(0, Jobs.Json(result.Report).GetProperty("version").GetInt32());
    }

    private static void ForEach(int count, byte[][] originals, Action<byte[], SeededRandom> check)
    {
        for (var i = 0; i < count; i++)
        {
            var random = new SeededRandom(Seed).Fork($"{originals.Length}/{i}");
            var input = Mutate(originals[random.NextInt32(originals.Length)], random);
            try
            {
                check(input, random);
            }
            catch (Exception fault)
            {
                Assert.Fail($"Seed {Seed}, input {i}: {Convert.ToBase64String(input)}\n{fault}");
            }
        }
    }

    private static byte[] Mutate(byte[] original, SeededRandom random)
    {
        var bytes = original.ToList();
        var changes = 1 + random.NextInt32(4);
        for (var change = 0; change < changes && bytes.Count > 0; change++)
        {
            var at = random.NextInt32(bytes.Count);
            var length = Math.Min(1 + random.NextInt32(8), bytes.Count - at);
            switch (random.NextInt32(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.NextInt32(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.NextInt32(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(random.NextInt32(bytes.Count - length + 1), length));
                    break;
                case 4:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_pieces[random.NextInt32(s_pieces.Length)]));
                    break;
                case 5:
                    bytes.RemoveRange(at, length);
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_pieces[random.NextInt32(s_pieces.Length)]));
                    break;
                default:
                    if (random.NextInt32(4) == 0) bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Head(byte[] file, int lines)
    {
        var end = 0;
        for (var line = 0; line < lines; line++) end += file.AsSpan(end).IndexOf((byte)'\n') + 1;
        return file[..end];
    }
}
