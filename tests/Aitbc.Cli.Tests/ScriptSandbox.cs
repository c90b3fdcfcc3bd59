namespace Aitbc.Cli.Tests;

/// <summary>
/// A small tree with the real scripts of this checkout and, first in PATH, a stand-in for the .NET SDK that writes down
/// what it was asked: the scripts' decisions are tested without a build of a minute each.
/// </summary>
internal sealed class ScriptSandbox : IDisposable
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // What the stand-in does is chosen by environment variables; `$0` lies in bin/, one below the tree.
    private const string FakeDotnet = """
        #!/usr/bin/env bash
        tree=$(dirname "$0")/..
        echo "$*" >>"$tree/calls"
        case $1 in
          --version)
            [[ -z ${FAKE_EVENTS:-} ]] || echo version >>"$FAKE_EVENTS"
            exit "${FAKE_SDK_EXIT:-0}" ;;
          build)
            echo 'noise of the build'
            echo 'more noise of the build' >&2
            [[ -z ${FAKE_GATE:-} ]] || read -r <"$FAKE_GATE"
            mkdir -p "$tree/artifacts/bin/Aitbc.Cli/release"
            touch "$tree/artifacts/bin/Aitbc.Cli/release/aitbc.dll"
            exit "${FAKE_BUILD_EXIT:-0}" ;;
          test)
            name=$(basename "$2" .csproj)
            while [[ $# -gt 0 ]]; do [[ $1 != --results-directory ]] || results=$2; shift; done
            plan=$tree/plan/$name
            [[ ! -f $plan.trx ]] || cp "$plan.trx" "$results/$name.trx"
            echo "console output of $name"
            exit "$(cat "$plan.exit")" ;;
          *)
            echo "ran: $(basename "$1") ${*:2}"
            exit 7 ;;
        esac
        """;

    private readonly DirectoryInfo _tree = Directory.CreateTempSubdirectory("aitbc-scripts-");

    public ScriptSandbox()
    {
        Copy("aitbc");
        Copy("test.sh");
        Copy(".ci/run");
        Copy("eng/dotnet.sh");
        Copy("eng/web.sh");
        Write("src/Aitbc.Cli/Program.cs", "");
        Write("src/Aitbc.Cli/Old.cs", "");
        foreach (string file in (string[])["Directory.Build.props", "Directory.Packages.props", "global.json",
            ".editorconfig", "Aitbc.slnx"])
        {
            Write(file, "");
        }

        WriteProgram("bin/dotnet", FakeDotnet);
        // PostgreSQL counts as present, so that no test here ever calls a package manager.
        WriteProgram("bin/initdb", "#!/usr/bin/env bash\nexit 1\n");
    }

    public string Path(string name) => System.IO.Path.Combine(_tree.FullName, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
        File.WriteAllText(Path(name), text);
    }

    public void WriteProgram(string name, string text)
    {
        Write(name, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path(name), Executable);
        }
    }

    /// <summary>What the stand-in was asked, in order, without the arguments after the first.</summary>
    public string[] Calls() =>
        File.Exists(Path("calls")) ? [.. File.ReadLines(Path("calls")).Select(line => line.Split(' ')[0])] : [];

    public string[] CallLines() => File.Exists(Path("calls")) ? File.ReadAllLines(Path("calls")) : [];

    public ChildProcess Start(string script, string[] arguments, params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(pair => pair.Name, pair => (string?)pair.Value);
        variables.TryAdd("PATH", $"{Path("bin")}:{Environment.GetEnvironmentVariable("PATH")}");
        variables["DOTNET_ROOT"] = null;
        return ChildProcess.Start(script, arguments, variables, System.IO.Path.GetTempPath());
    }

    public async Task<Ended> RunAsync(
        string script, string[] arguments, params (string Name, string Value)[] environment)
    {
        using ChildProcess child = Start(script, arguments, environment);
        return await child.EndAsync();
    }

    public void Dispose() => _tree.Delete(recursive: true);

    private void Copy(string name) =>
        WriteProgram(name, File.ReadAllText(System.IO.Path.Combine(Executables.Root, name)));
}
