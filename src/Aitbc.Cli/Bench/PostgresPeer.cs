using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Aitbc.Cli.Bench;

/// <summary>
/// The peer of the commit benchmark: PostgreSQL doing the equal idempotent transfer in a server-side function, in a
/// throwaway cluster of its own on a socket in the scratch directory, durable (<c>fsync</c> and
/// <c>synchronous_commit</c> on), 16 clients.
/// </summary>
internal static partial class PostgresPeer
{
    private const string Setup = """
        create table account (id int primary key, balance numeric(39) not null check (balance >= 0));
        insert into account select i, 1000000000 from generate_series(1, 10000) i;
        create table done (key bigint primary key, outcome smallint not null);
        create sequence keys;
        create function transfer(k bigint, a int, b int, amount numeric) returns smallint language plpgsql as $$
        declare first smallint; have numeric;
        begin
          insert into done values (k, 0) on conflict do nothing;
          if not found then select outcome into first from done where key = k; return first; end if;
          perform 1 from account where id in (a, b) order by id for update;
          select balance into have from account where id = a;
          if have < amount then update done set outcome = 141 where key = k; return 141; end if;
          update account set balance = balance - amount where id = a;
          update account set balance = balance + amount where id = b;
          return 0;
        end $$;
        """;

    private const string Script = """
        \set a random(1, 9999)
        \set b :a + 1
        select transfer(nextval('keys'), :a, :b, 1);
        """;

    /// <summary>Measures; where there is no PostgreSQL the rate is null and the text says so.</summary>
    public static async Task<(double? PerSecond, string What)> RunAsync(
        BenchScale scale, CancellationToken cancellationToken)
    {
        var bin = FindBin();
        if (bin is null)
        {
            return (null, "left out: no PostgreSQL on this machine (Debian: apt-get install postgresql)");
        }

        // Below /tmp, for a socket's path must be short and the server's user must reach it.
        using var scratch = new ScratchDirectory($"/tmp/aitbc-pg-{Environment.ProcessId}");
        var data = Path.Combine(scratch.FullPath, "data");
        var files = Path.Combine(scratch.FullPath, "files");
        Directory.CreateDirectory(files);
        await File.WriteAllTextAsync(Path.Combine(files, "setup.sql"), Setup, cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(files, "script.sql"), Script, cancellationToken)
            .ConfigureAwait(false);
        if (IsRoot)
        {
            await RunAsync("chown", ["-R", "postgres", scratch.FullPath], asServer: false, cancellationToken)
                .ConfigureAwait(false);
        }

        await RunAsync($"{bin}/initdb", ["-D", data, "-A", "trust", "-U", "bench"], true, cancellationToken)
            .ConfigureAwait(false);
        var settings = $"-c listen_addresses='' -c unix_socket_directories={files} -c fsync=on "
            + "-c synchronous_commit=on -c shared_buffers=256MB -c max_wal_size=4GB";
        await RunAsync(
            $"{bin}/pg_ctl",
            ["-D", data, "-w", "-l", Path.Combine(files, "log"), "-o", settings, "start"],
            true,
            cancellationToken).ConfigureAwait(false);
        try
        {
            string[] connect = ["-h", files, "-U", "bench"];
            await RunAsync(
                $"{bin}/psql",
                [.. connect, "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-q", "-f", Path.Combine(files, "setup.sql")],
                true,
                cancellationToken).ConfigureAwait(false);
            var seconds = scale.Of(8, 1).ToString(CultureInfo.InvariantCulture);
            var said = await RunAsync(
                $"{bin}/pgbench",
                [
                    .. connect, "-n", "-c", "16", "-j", "2", "-T", seconds, "-f", Path.Combine(files, "script.sql"),
                    "postgres",
                ],
                true,
                cancellationToken).ConfigureAwait(false);
            var found = Rate().Match(said);
            return found.Success
                ? (double.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                    "PostgreSQL, the equal idempotent transfer in a server-side function, 16 clients, fsync on")
                : throw new InvalidOperationException($"pgbench said nothing of its rate: {said}");
        }
        finally
        {
            await RunAsync($"{bin}/pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"], true, CancellationToken.None)
                .ConfigureAwait(false);
        }
    }

    private static bool IsRoot => Environment.UserName == "root";

    private static string? FindBin() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql")
            .Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "pgbench")))
            .Order(StringComparer.Ordinal)
            .LastOrDefault()
        : null;

    /// <summary>Runs a program to its end; PostgreSQL refuses to run as root.</summary>
    private static async Task<string> RunAsync(
        string program, string[] arguments, bool asServer, CancellationToken cancellationToken)
    {
        string[] all = asServer && IsRoot ? ["-u", "postgres", "--", program, .. arguments] : arguments;
        var start = new ProcessStartInfo(asServer && IsRoot ? "runuser" : program, all)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/tmp",
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken),
            process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        var said = program.EndsWith("pg_ctl", StringComparison.Ordinal) ? string.Empty : await output + await errors;
        return process.ExitCode == 0
            ? said
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {said}");
    }

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex Rate();
}
