using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Aitbc.Node.Metrics;

/// <summary>Sends the figures to a collector, where one is named.</summary>
/// <remarks>Source: OpenTelemetry protocol (OTLP) over HTTP with protobuf.</remarks>
internal static class OtlpExport
{
    private const string Path = "v1/metrics";

    /// <summary>Begins to send; disposing the result sends what is left.</summary>
    /// <returns>Null where no collector is named: then nothing is sent anywhere.</returns>
    public static IDisposable? Start(NodeOptions options)
    {
        if (options.OtlpEndpoint is not { } collector)
        {
            return null;
        }

        var root = collector.AbsoluteUri.EndsWith('/') ? collector : new Uri(collector.AbsoluteUri + "/");
        return Sdk.CreateMeterProviderBuilder()
            .AddMeter(NodeMeters.MeterName, LedgerMeters.MeterName)
            .AddOtlpExporter((export, reader) =>
            {
                export.Endpoint = new Uri(root, Path);
                export.Protocol = OtlpExportProtocol.HttpProtobuf;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds =
                    options.OtlpIntervalSeconds * 1_000;
            })
            .Build();
    }
}
