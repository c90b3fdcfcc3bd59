namespace Aitbc.Cli.Tests;

/// <summary>test.sh and .ci/run: what they count and when they fail.</summary>
public sealed class TestScriptTests
{
    [NeedsFact("bash")]
    public async Task All_projects_passed_is_success()
    {
        using ScriptSandbox tree = TreeWith(("One", 3, 0, 0, 0), ("Two", 4, 0, 0, 0));

        Ended ended = await tree.RunAsync(tree.Path("test.sh"), []);

        Assert.Equal((0, "7 passed, 0 failed"), (ended.ExitCode, LastLine(ended)));
        Assert.Equal(["--version", "build", "test", "test"], tree.Calls());
        Assert.All(
            tree.CallLines().Where(line => line.StartsWith("test ")), line => Assert.Contains("--no-build", line));
    }

    [NeedsFact("bash")]
    public async Task The_build_server_sees_the_same_last_line()
    {
        using ScriptSandbox tree = TreeWith(("One", 3, 0, 0, 0));

        Ended ended = await tree.RunAsync(tree.Path(".ci/run"), [], ("CI", "true"));

        Assert.Equal((0, "3 passed, 0 failed"), (ended.ExitCode, LastLine(ended)));
    }

    [NeedsFact("bash")]
    public async Task A_failed_test_fails_and_shows_the_projects_output()
    {
        using ScriptSandbox tree = TreeWith(("One", 3, 2, 0, 1), ("Two", 4, 0, 0, 0));

        Ended ended = await tree.RunAsync(tree.Path("test.sh"), []);

        Assert.Equal((1, "7 passed, 2 failed"), (ended.ExitCode, LastLine(ended)));
        Assert.Contains("console output of One.Tests", ended.Out);
        Assert.DoesNotContain("console output of Two.Tests", ended.Out);
    }

    [NeedsFact("bash")]
    public async Task A_crash_after_passed_tests_counts_as_a_failure()
    {
        using ScriptSandbox tree = TreeWith(("One", 3, 0, 0, 134));

        Ended ended = await tree.RunAsync(tree.Path("test.sh"), []);

        Assert.Equal((1, "3 passed, 1 failed"), (ended.ExitCode, LastLine(ended)));
        Assert.Contains("ended with code 134", ended.Out);
    }

    [NeedsFact("bash")]
    public async Task A_project_without_a_test_counts_as_a_failure()
    {
        using ScriptSandbox tree = TreeWith(("One", 3, 0, 0, 0), ("Two", 0, 0, 0, 0));
        using ScriptSandbox without = TreeWith(("One", 3, 0, 0, 0), ("Two", 0, 0, 0, 0));
        File.Delete(without.Path("plan/Two.Tests.trx"));

        foreach (ScriptSandbox one in (ScriptSandbox[])[tree, without])
        {
            Ended ended = await one.RunAsync(one.Path("test.sh"), []);
            Assert.Equal((1, "3 passed, 1 failed"), (ended.ExitCode, LastLine(ended)));
            Assert.Contains("ran no test", ended.Out);
        }
    }

    [NeedsFact("bash")]
    public async Task A_project_that_left_every_test_out_counts_as_a_failure()
    {
        using ScriptSandbox tree = TreeWith(("One", 3, 0, 2, 0), ("Two", 0, 0, 2, 0));

        Ended ended = await tree.RunAsync(tree.Path("test.sh"), []);

        Assert.Equal((1, "3 passed, 1 failed"), (ended.ExitCode, LastLine(ended)));
        Assert.Contains("(2 left out)", ended.Out);
    }

    [NeedsFact("bash")]
    public async Task A_failed_build_runs_no_test_and_fails()
    {
        using ScriptSandbox tree = TreeWith(("One", 3, 0, 0, 0));

        Ended ended = await tree.RunAsync(tree.Path("test.sh"), [], ("FAKE_BUILD_EXIT", "1"));

        Assert.Equal((1, "0 passed, 1 failed"), (ended.ExitCode, LastLine(ended)));
        Assert.Equal(["--version", "build"], tree.Calls());
    }

    [NeedsFact("bash")]
    public async Task The_dashboards_unit_tests_are_counted_and_a_run_without_a_result_fails()
    {
        foreach ((string counts, int exit, string last) in new[]
        {
            ("""{"numPassedTests":5,"numFailedTests":0}""", 0, "8 passed, 0 failed"),
            ("""{"numPassedTests":4,"numFailedTests":1}""", 1, "7 passed, 1 failed"),
            ("", 1, "3 passed, 1 failed"),
            ("", 0, "3 passed, 1 failed"),
        })
        {
            using ScriptSandbox tree = TreeWith(("One", 3, 0, 0, 0));
            tree.Write("web/package.json", "{}");
            tree.Write("web/package-lock.json", "{}");
            tree.Write("counts", counts);
            tree.WriteProgram("bin/chromium", "#!/usr/bin/env bash\n");
            tree.WriteProgram("bin/node", "#!/usr/bin/env bash\necho v20.19.0\n");
            tree.WriteProgram("bin/npm", $$"""
                #!/usr/bin/env bash
                tree=$(dirname "$0")/..
                mkdir -p "$tree/web/dist"
                touch "$tree/web/dist/index.html"
                [[ $1 == test ]] || exit 0
                for word in "$@"; do [[ $word != --outputFile=* ]] || cp "$tree/counts" "${word#*=}"; done
                exit {{exit}}
                """);

            Ended ended = await tree.RunAsync(tree.Path("test.sh"), []);

            Assert.Equal((exit == 0 && counts.Length > 0 ? 0 : 1, last), (ended.ExitCode, LastLine(ended)));
        }
    }

    [NeedsFact("bash")]
    public async Task A_filter_is_handed_on_and_may_leave_a_project_without_tests()
    {
        using ScriptSandbox tree = TreeWith(("One", 3, 0, 0, 0), ("Two", 0, 0, 0, 0));

        Ended ended = await tree.RunAsync(tree.Path("test.sh"), ["--filter", "Name~a b"]);

        Assert.Equal((0, "3 passed, 0 failed"), (ended.ExitCode, LastLine(ended)));
        Assert.All(
            tree.CallLines().Where(line => line.StartsWith("test ")),
            line => Assert.Contains("--filter Name~a b --results", line));
    }

    [NeedsFact("bash")]
    public async Task A_filter_that_matches_nothing_at_all_fails()
    {
        using ScriptSandbox tree = TreeWith(("One", 0, 0, 0, 0));

        Ended ended = await tree.RunAsync(tree.Path("test.sh"), ["--filter", "nothing"]);

        Assert.Equal((1, "0 passed, 1 failed"), (ended.ExitCode, LastLine(ended)));
    }

    [NeedsFact("bash")]
    public async Task An_unknown_option_is_a_usage_error()
    {
        using ScriptSandbox tree = TreeWith(("One", 3, 0, 0, 0));

        Ended ended = await tree.RunAsync(tree.Path("test.sh"), ["--filtre", "x"]);

        Assert.Equal((2, ""), (ended.ExitCode, ended.Out));
        Assert.Single(CommandLineTests.Lines(ended.Error));
        Assert.Empty(tree.Calls());
    }

    private static ScriptSandbox TreeWith(
        params (string Name, int Passed, int Failed, int LeftOut, int Exit)[] projects)
    {
        var tree = new ScriptSandbox();
        foreach ((string name, int passed, int failed, int leftOut, int exit) in projects)
        {
            tree.Write($"tests/{name}.Tests/{name}.Tests.csproj", "");
            tree.Write($"plan/{name}.Tests.exit", $"{exit}\n");
            // The counters as the runner writes them; a test left out is in the total only.
            tree.Write(
                $"plan/{name}.Tests.trx",
                $"""
                <TestRun><ResultSummary outcome="Completed">
                  <Counters total="{passed + failed + leftOut}" executed="{passed + failed}" passed="{passed}"
                    failed="{failed}" error="0" timeout="0" aborted="0" inconclusive="0" notExecuted="0" />
                </ResultSummary></TestRun>
                """);
        }

        return tree;
    }

    private static string LastLine(Ended ended) => CommandLineTests.Lines(ended.Out)[^1];
}
