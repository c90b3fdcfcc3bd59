@echo off
rem Builds what is not built yet, then runs the aitbc command.
where dotnet >nul 2>nul || (echo aitbc: the .NET SDK was not found: install the .NET 10 SDK from https://dot.net/download and run this again. 1>&2 & exit /b 69)
dotnet build "%~dp0src\Aitbc.Cli" -c Release -nodeReuse:false -v:quiet --nologo 1>&2 || exit /b 1
dotnet "%~dp0artifacts\bin\Aitbc.Cli\release\aitbc.dll" %*
