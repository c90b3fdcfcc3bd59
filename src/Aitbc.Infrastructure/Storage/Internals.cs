using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Aitbc.Infrastructure.Tests")]
