using System.Diagnostics.Metrics;

namespace Aitbc.Node.Metrics;

/// <summary>Listens to the instruments of a few meters, and to no others, and keeps their figures to be read.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MeterStore : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly List<MeterFamily> families = [];
    private readonly Lock gate = new();

    /// <summary>Begins to listen.</summary>
    /// <param name="meters">Whose instruments count, by identity: another node of this process has its own.</param>
    public MeterStore(params Meter[] meters)
    {
        listener.InstrumentPublished = (instrument, heard) =>
        {
            if (Array.IndexOf(meters, instrument.Meter) < 0)
            {
                return;
            }

            var family = new MeterFamily(instrument);
            lock (gate)
            {
                families.Add(family);
            }

            heard.EnableMeasurementEvents(instrument, family);
        };
        listener.SetMeasurementEventCallback<long>(
            static (_, value, tags, family) => ((MeterFamily)family!).Record(value, tags));
        listener.SetMeasurementEventCallback<double>(
            static (_, value, tags, family) => ((MeterFamily)family!).Record(value, tags));
        listener.Start();
    }

    /// <summary>Asks what is only measured when asked, then gives all, by name.</summary>
    public IReadOnlyList<MeterFamily> Collect()
    {
        lock (gate)
        {
            listener.RecordObservableInstruments();
            return [.. families.OrderBy(family => family.Instrument.Name, StringComparer.Ordinal)];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();
}
