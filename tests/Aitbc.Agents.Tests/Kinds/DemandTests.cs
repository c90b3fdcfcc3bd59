using System.Text;
using Aitbc.Agents.Kinds.Requesting;
using Aitbc.Workloads.Classifiers;
using Aitbc.Workloads.Traces;

namespace Aitbc.Agents.Tests.Kinds;

public sealed class DemandTests
{
    [Theory]
    [InlineData(0, 0, 1, 1)]
    [InlineData(374, 44, 5, 7)]
    [InlineData(127, 512, 64, 64)]
    [InlineData(128, 10_000_000, 64, 65)]
    public void Rows_and_units_follow_the_stated_mapping(int prefill, int decode, int rows, int units)
    {
        var request = new DemandRequest(0, prefill, decode);

        Assert.Equal(rows, DemandMapping.Rows(request));
        Assert.Equal((uint)units, DemandMapping.Units(request));
    }

    [Fact]
    public void Arrivals_start_at_once_keep_their_spacing_and_start_over_at_the_end()
    {
        var trace = Read("10.0,1,1\n10.5,1,1\n12.0,1,1\n");

        var arrivals = Enumerable.Range(0, 7).Select(i => DemandMapping.ArrivalOf(trace, i, 1).Ms);

        Assert.Equal([0, 500, 2_000, 2_666, 3_166, 4_666, 5_333], arrivals);
        Assert.Equal(200, DemandMapping.ArrivalOf(trace, 2, 10).Ms);
    }

    [Fact]
    public void Arrivals_of_the_recorded_hour_never_go_back()
    {
        Assert.True(DemandTrace.TryRead(RepositoryData.Read("llm-requests.csv"), out var trace, out _));
        var last = -1L;
        for (var i = 0L; i < 40_000; i++)
        {
            var arrival = DemandMapping.ArrivalOf(trace, i, 3).Ms;
            Assert.True(arrival >= last, $"request {i}");
            last = arrival;
        }
    }

    [Theory]
    [InlineData("0,1,1\n0.1,1,1\n", 1)]
    [InlineData("0,1,1\n20,1,1\n40,1,1\n", 53)]
    [InlineData("5,1,1\n", 1)]
    public void SpeedFor_BringsSomeRequestsASecond(string trace, long speed) =>
        Assert.Equal(speed, DemandMapping.SpeedFor(Read(trace)));

    [Theory]
    [InlineData(977, 64, 10)]
    [InlineData(1_000_000, 30, 2)]
    [InlineData(5_000, 4_000, 1_000)]
    public void A_training_is_never_ordered_that_would_take_a_provider_minutes(long rows, int features, int classes)
    {
        var spec = TrainingRecipe.For(default, rows, 1, features, classes);

        var weights = spec.Kind == ClassifierKind.Mlp
            ? (long)spec.HiddenSize * (features + classes)
            : (long)features * classes;
        Assert.InRange(spec.Epochs, 1, 40);
        Assert.True(weights * rows * spec.Epochs * 3 <= ModelLimits.MaxMultiplications / 5 || spec.Epochs == 1);
    }

    private static DemandTrace Read(string rows)
    {
        var header = "arrived_at,num_prefill_tokens,num_decode_tokens\n";
        Assert.True(DemandTrace.TryRead(Encoding.UTF8.GetBytes(header + rows), out var trace, out var error), error?.Sentence);
        return trace;
    }
}
