using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Threads;
using Aitbc.Node.Access;
using Aitbc.Node.Api;
using Aitbc.Node.Dashboard;
using Aitbc.Node.History;
using Aitbc.Node.Metrics;
using Aitbc.Node.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Hosting;

/// <summary>A ledger behind an HTTP API. The ledger is its owner's: it is neither opened nor closed here.</summary>
/// <remarks>Thread-safe. Dispose it before the ledger: what is under way is answered first, event
/// streams end.</remarks>
public sealed class NodeServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly IDisposable? export;

    private NodeServer(WebApplication app, Sessions sessions, Uri url, IDisposable? export) =>
        (this.app, Sessions, Url, this.export) = (app, sessions, url, export);

    /// <summary>Tokens and sessions.</summary>
    public Sessions Sessions { get; }

    /// <summary>Which hosts act for which agents: their heartbeats.</summary>
    public required AgentLeases Leases { get; init; }

    /// <summary>How much of it requests with commands take.</summary>
    internal CommandShares Shares => app.Services.GetRequiredService<CommandShares>();

    /// <summary>Where it listens, called by name: a passkey cannot belong to an IP address.</summary>
    public Uri Url { get; }

    /// <summary>Starts listening.</summary>
    /// <param name="options">Where, and how much.</param>
    /// <param name="ledger">The ledger, open.</param>
    /// <param name="time">The clock of sessions.</param>
    /// <param name="log">Says where its log goes: defects, by place and kind, never with payloads or tokens.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="IOException">The port is taken, or a certificate cannot be read.</exception>
    public static async Task<NodeServer> StartAsync(
        NodeOptions options,
        LedgerHost ledger,
        TimeProvider time,
        Action<ILoggingBuilder> log,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(ledger);
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(" ", problems), nameof(options));
        }

        var sessions = new Sessions(
            time, options.TokensPath is { } path ? new TokenStore(path, time) : null);
        var leases = new AgentLeases(time);
        var app = Build(options, ledger, sessions, leases, time, log);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var bound = new Uri(app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First());
        var name = options.IsLoopback ? "localhost" : options.HostNames.FirstOrDefault() ?? bound.Host;
        var url = new UriBuilder(bound.Scheme, name, bound.Port).Uri;
        return new NodeServer(app, sessions, url, OtlpExport.Start(options)) { Leases = leases };
    }

    /// <summary>What it remembers of the past.</summary>
    internal MarketHistory History => app.Services.GetRequiredService<MarketHistory>();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        export?.Dispose();
        await app.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(
        NodeOptions options,
        LedgerHost ledger,
        Sessions sessions,
        AgentLeases leases,
        TimeProvider time,
        Action<ILoggingBuilder> log)
    {
        // Empty: a node is told everything by its options, so no settings file of the folder that it happens to be
        // started in is read, or watched.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = [] });

        // The framework's own lines would hold addresses, and one address holds a token.
        builder.Logging.AddFilter("Microsoft", LogLevel.None);
        log(builder.Logging);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Limit(kestrel, options));
        builder.WebHost.UseSockets(Wire);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(ledger);
        builder.Services.AddSingleton(sessions);
        builder.Services.AddSingleton<EventStreams>();
        builder.Services.AddSingleton<EventFeed>();
        builder.Services.AddSingleton(new MarketHistory(ledger, options.HistoryEntries));
        builder.Services.AddHostedService<HistoryFollower>();
        builder.Services.AddSingleton<CommandShares>();
        builder.Services.AddSingleton(_ => new PatientThreads("admission", Environment.ProcessorCount));
        builder.Services.AddSingleton<Backtests>();
        builder.Services.AddSingleton<NodeMeters>();
        builder.Services.AddSingleton(
            found => new MeterStore(found.GetRequiredService<NodeMeters>().Meter, ledger.Meters.Meter));
        builder.Services.AddSingleton<BlobDoor>();
        builder.Services.AddSingleton(leases);
        builder.Services.AddHostedService<LeaseSweeper>();
        builder.Services.AddSingleton(time);
        builder.Services.AddHostedService<LivenessJournal>();
        WebhookService.Add(builder.Services, options, time);
        builder.Services.AddOpenApi(ValueSchemas.Describe);
        builder.Services.ConfigureHttpJsonOptions(json => Shape(json.SerializerOptions));
        var app = builder.Build();
        var meter = new RequestMeter(app.Services.GetRequiredService<NodeMeters>(), time);
        meter.Watch(app.Services.GetRequiredService<DiagnosticListener>());
        _ = app.Services.GetRequiredService<MeterStore>();
        var gate = new AccessGate(options, sessions);
        app.Use(meter.RunAsync);
        app.Use(new Guard(app.Services.GetRequiredService<ILogger<Guard>>()).RunAsync);
        app.Use(gate.RunAsync);
        ApiRoutes.Map(app, DashboardFiles.Load(options.Dashboard));
        return app;
    }

    private static void Limit(KestrelServerOptions kestrel, NodeOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestLineSize = 4 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Listen(options.Address, options.Port, listen =>
        {
            if (options.Tls is { } tls)
            {
                listen.UseHttps(https => Certify(https, tls.CertificatePath, tls.KeyPath));
            }
        });
    }

    /// <summary>Handing a command from thread to thread costs the processor more than reading it: what receives bytes
    /// goes on with them, and what answers sends.</summary>
    private static void Wire(SocketTransportOptions sockets)
    {
        sockets.WaitForDataBeforeAllocatingBuffer = false;
        sockets.UnsafePreferInlineScheduling = true;
    }

    private static void Certify(HttpsConnectionAdapterOptions https, string certificate, string key)
    {
        try
        {
            https.ServerCertificate = X509Certificate2.CreateFromPemFile(certificate, key);
            https.ServerCertificateChain = [];
            https.ServerCertificateChain.ImportFromPemFile(certificate);
        }
        catch (CryptographicException unreadable)
        {
            throw new IOException(
                $"The certificate {certificate} with the key {key} cannot be used: {unreadable.Message}", unreadable);
        }
    }

    private static void Shape(JsonSerializerOptions json)
    {
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.MaxDepth = 16;
    }
}
