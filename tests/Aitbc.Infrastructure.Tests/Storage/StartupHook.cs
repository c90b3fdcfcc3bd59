using Aitbc.Infrastructure.Tests.Storage;

/// <summary>The name and place the runtime looks for in an assembly named by DOTNET_STARTUP_HOOKS.</summary>
internal static class StartupHook
{
    public static void Initialize() => LockHolder.RunIfAsked();
}
