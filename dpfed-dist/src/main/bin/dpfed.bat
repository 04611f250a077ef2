@echo off
rem Runs dpfed's command line. Read from the environment: JAVA_HOME, which Java, 17 or newer, otherwise the
rem java on the PATH; DPFED_JAVA_OPTS, further JVM flags; OMP_NUM_THREADS, otherwise 1.
setlocal
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
set "modules="
if /i not "%~1"=="train" goto run
"%java%" --list-modules 2>nul | findstr /b "jdk.incubator.vector" >nul
if not errorlevel 1 set "modules=--add-modules jdk.incubator.vector"
:run
if not defined OMP_NUM_THREADS set "OMP_NUM_THREADS=1"
"%java%" %modules% -XX:+UseSerialGC -XX:SurvivorRatio=2 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 %DPFED_JAVA_OPTS% -cp "%~dp0..\lib\*" org.dpfed.cli.Main %*
exit /b %ERRORLEVEL%
