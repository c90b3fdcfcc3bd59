using Aitbc.Node.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Aitbc.Node.Api;

/// <summary>The API's description of itself, made when it is first asked for: it never changes while the process lives,
/// and making it keeps a core for longer than all other reads together.</summary>
internal static class DocumentApi
{
    private const string Document = "v1";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var made = new Lazy<Task<byte[]>>(() => MakeAsync(services));
        routes.MapGet(
                $"/openapi/{Document}.json",
                async () => Results.Bytes(await made.Value.ConfigureAwait(false), "application/json;charset=utf-8"))
            .Require(Role.Reader)
            .ExcludeFromDescription();
    }

    /// <summary>Names no server: without one, a document speaks of whoever served it.</summary>
    private static async Task<byte[]> MakeAsync(IServiceProvider services)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document)
            .GetOpenApiDocumentAsync(CancellationToken.None).ConfigureAwait(false);
        using var text = new MemoryStream();
        await document.SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None)
            .ConfigureAwait(false);
        return text.ToArray();
    }
}
